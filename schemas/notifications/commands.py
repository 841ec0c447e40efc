from uuid import UUID

from schemas.base import Command
from schemas.notifications.types import Letter


class RequestLetter(Command, type_name="notifications.letter.request", stream="letter-{0.letter.letter_id}"):
    """Asked for again under the same id it is still one letter."""

    letter: Letter


class TryLetterAgain(Command, type_name="notifications.letter.try_again", stream="letter-{0.letter_id}"):
    """`attempt`: the one that did not get through."""

    letter_id: UUID
    attempt: int


class RecordLetterSent(Command, type_name="notifications.letter.record_sent", stream="letter-{0.letter_id}"):
    letter_id: UUID
    attempt: int


class RecordLetterFailure(
    Command, type_name="notifications.letter.record_failure", stream="letter-{0.letter_id}"
):
    letter_id: UUID
    attempt: int
    code: str
    retryable: bool
