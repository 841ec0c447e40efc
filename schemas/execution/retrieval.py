"""What a search in a tenant's documents gives."""

from schemas.authoring.parts import StepErrorClass
from schemas.base import Value


class Passage(Value):
    """A piece of a document. `score`: the greater, the better it answers the query."""

    document_id: str
    title: str
    text: str
    score: float


class RetrievalError(Exception):
    """The message is safe to store and to show."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool = False,
        error_class: StepErrorClass = "bad_request",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.error_class: StepErrorClass = error_class
