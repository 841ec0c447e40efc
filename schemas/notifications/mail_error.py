class MailError(Exception):
    """A letter did not leave. `code` is stable; nothing of what the server said is in it."""

    def __init__(self, code: str, retryable: bool) -> None:
        super().__init__(code)
        self.code, self.retryable = code, retryable
