"""A letter: asked for once, tried until a server takes it, nobody can, or nobody wants it any more."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from contexts.kernel import Aggregate, Context
from contexts.notifications.errors import LetterNotFound, ValuesDoNotFit
from schemas.envelope import Problem
from schemas.notifications import commands as c
from schemas.notifications import events as e
from schemas.notifications.types import NEEDS, OPTIONAL, Letter

Event = e.LetterRequested | e.LetterPostponed | e.LetterTriedAgain | e.LetterSent | e.LetterFailed

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 240))
"""Between attempts: one more attempt than there are pauses."""

TOO_LATE = "letter.too_late"


@dataclass(frozen=True)
class Posting:
    letter: Letter
    attempt: int = 1
    status: Literal["under_way", "postponed", "sent", "failed"] = "under_way"


def request(state: Posting | None, command: c.RequestLetter, ctx: Context) -> list[e.LetterRequested]:
    if state is not None:
        return []
    if problems := tuple(misfits(command.letter)):
        raise ValuesDoNotFit(f"the values do not fit a letter {command.letter.template}", problems)
    return [e.LetterRequested(letter=command.letter)]


def misfits(letter: Letter) -> Iterator[Problem]:
    needed = NEEDS[letter.template]
    yield from differences("values", letter.values.keys(), needed.plain, OPTIONAL.plain)
    yield from differences("sealed", letter.sealed.keys(), needed.sealed, OPTIONAL.sealed)


def differences(
    path: str, given: Set[str], needed: frozenset[str], optional: frozenset[str]
) -> Iterator[Problem]:
    for name in sorted(needed - given):
        yield Problem(code="notifications.value_missing", message=f"{name} is missing", path=path)
    for name in sorted(given - needed - optional):
        yield Problem(code="notifications.value_unknown", message=f"{name} has no place here", path=path)


def try_again(
    state: Posting | None, command: c.TryLetterAgain, ctx: Context
) -> list[e.LetterTriedAgain | e.LetterFailed]:
    posting = found(state, command.letter_id)
    if posting.status != "postponed" or command.attempt != posting.attempt:
        return []
    if too_late(posting, ctx.now):
        return [failed(posting, TOO_LATE)]
    return [e.LetterTriedAgain(letter=posting.letter, attempt=posting.attempt + 1)]


def record_sent(state: Posting | None, command: c.RecordLetterSent, ctx: Context) -> list[e.LetterSent]:
    """Sent is sent, whatever was decided meanwhile; once."""
    posting = found(state, command.letter_id)
    if posting.status == "sent":
        return []
    return [e.LetterSent(letter_id=command.letter_id, attempt=command.attempt)]


def record_failure(
    state: Posting | None, command: c.RecordLetterFailure, ctx: Context
) -> list[e.LetterPostponed | e.LetterFailed]:
    posting = found(state, command.letter_id)
    if posting.status != "under_way" or command.attempt != posting.attempt:
        return []
    if not command.retryable or posting.attempt > len(PAUSES):
        return [failed(posting, command.code)]
    due_at = ctx.now + PAUSES[posting.attempt - 1]
    if too_late(posting, due_at):
        return [failed(posting, TOO_LATE)]
    return [
        e.LetterPostponed(
            letter_id=command.letter_id, attempt=posting.attempt, code=command.code, due_at=due_at
        )
    ]


def too_late(posting: Posting, at: datetime) -> bool:
    return posting.letter.good_until is not None and at > posting.letter.good_until


def failed(posting: Posting, code: str) -> e.LetterFailed:
    return e.LetterFailed(letter_id=posting.letter.letter_id, attempt=posting.attempt, code=code)


def found(state: Posting | None, letter_id: UUID) -> Posting:
    if state is None:
        raise LetterNotFound(f"nobody asked for a letter {letter_id}")
    return state


def evolve(state: Posting | None, event: Event) -> Posting:
    if isinstance(event, e.LetterRequested):
        return Posting(event.letter)
    assert state is not None
    match event:
        case e.LetterPostponed():
            return replace(state, status="postponed")
        case e.LetterTriedAgain():
            return replace(state, status="under_way", attempt=event.attempt)
        case e.LetterSent():
            return replace(state, status="sent")
        case e.LetterFailed():
            return replace(state, status="failed")


def ended(state: Posting) -> bool:
    return state.status in ("sent", "failed")


LETTER = Aggregate("letter", Posting, evolve, ended=ended)
