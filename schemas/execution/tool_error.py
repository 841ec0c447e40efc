"""How the use of a tool fails. Here, not in contexts, because infra raises it."""

from schemas.authoring.parts import StepErrorClass


class ToolError(Exception):
    """The message is safe to store and to show: it never holds a secret.

    `lost`: nobody knows whether the tool did its work.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        lost: bool = False,
        error_class: StepErrorClass = "bad_request",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.retry_after = retry_after
        self.lost = lost
        self.error_class: StepErrorClass = error_class
