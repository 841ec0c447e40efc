from datetime import datetime
from uuid import UUID

from schemas.base import Event
from schemas.notifications.types import Letter


class LetterRequested(Event, type_name="notifications.letter.requested"):
    letter: Letter
    attempt: int = 1


class LetterPostponed(Event, type_name="notifications.letter.postponed"):
    letter_id: UUID
    attempt: int
    code: str
    due_at: datetime


class LetterTriedAgain(Event, type_name="notifications.letter.tried_again"):
    letter: Letter
    attempt: int


class LetterSent(Event, type_name="notifications.letter.sent"):
    """A server took it. That somebody got it, it does not say."""

    letter_id: UUID
    attempt: int


class LetterFailed(Event, type_name="notifications.letter.failed"):
    letter_id: UUID
    attempt: int
    code: str
