"""Errors a user can do something about: what is wrong, and how to put it right."""


class SetupError(Exception):
    """Base of everything that stops the platform from starting."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}"
