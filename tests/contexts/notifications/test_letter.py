from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import ValidationError

from contexts.notifications.letter import PAUSES, TOO_LATE
from contexts.notifications.registry import REGISTRY
from schemas.base import Command
from schemas.notifications import commands as c
from schemas.notifications import events as e
from schemas.notifications.types import NEEDS, Template
from tests.support.builders import NOW
from tests.support.fakes.personal import sealed
from tests.support.letters import LETTER_ID, letter
from tests.support.spec import Spec

spec = Spec(REGISTRY)
given = spec.given
REQUESTED = e.LetterRequested(letter=letter())
SENT = c.RecordLetterSent(letter_id=LETTER_ID, attempt=1)


def failure(attempt: int = 1, retryable: bool = True) -> c.RecordLetterFailure:
    return c.RecordLetterFailure(letter_id=LETTER_ID, attempt=attempt, code="letter.x", retryable=retryable)


def postponed(attempt: int = 1) -> e.LetterPostponed:
    due_at = NOW + PAUSES[attempt - 1]
    return e.LetterPostponed(letter_id=LETTER_ID, attempt=attempt, code="letter.x", due_at=due_at)


def again(attempt: int) -> e.LetterTriedAgain:
    return e.LetterTriedAgain(letter=letter(), attempt=attempt)


@pytest.mark.parametrize("template", get_args(Template))
def test_a_letter_of_each_kind_is_asked_for(template: Template) -> None:
    given().when(c.RequestLetter(letter=letter(template))).then(e.LetterRequested(letter=letter(template)))


def test_asked_for_again_it_is_still_one_letter() -> None:
    """Sealed anew its texts look different: it is known by its id."""
    other = letter(to=sealed("ada@people.example", UUID(int=9)))
    given(REQUESTED).when(c.RequestLetter(letter=other)).nothing()


def test_every_kind_says_what_it_needs() -> None:
    assert NEEDS.keys() == set(get_args(Template))


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"values": {}}, ["notifications.value_missing"]),
        ({"sealed": {}}, ["notifications.value_missing", "notifications.value_missing"]),
        ({"values": {"minutes": "15", "colour": "red"}}, ["notifications.value_unknown"]),
        (
            {"values": {"minutes": "15", "code": "123456"}},
            ["notifications.value_unknown"],
        ),
    ],
)
def test_values_that_do_not_fit(changes: dict[str, Any], problems: list[str]) -> None:
    """A code among the plain values would be stored in clear."""
    given().when(c.RequestLetter(letter=letter(**changes))).refused(
        "notifications.values_do_not_fit", *problems
    )


@pytest.mark.parametrize("to", ["ada@people.example", "", "p1.x"])
def test_an_address_in_clear_does_not_come_in(to: str) -> None:
    with pytest.raises(ValidationError):
        letter(to=to)


def test_a_server_took_it() -> None:
    given(REQUESTED).when(SENT).then(e.LetterSent(letter_id=LETTER_ID, attempt=1))
    given(REQUESTED, e.LetterSent(letter_id=LETTER_ID, attempt=1)).when(SENT).nothing()


def test_what_may_be_otherwise_in_a_while_is_tried_again() -> None:
    given(REQUESTED).when(failure()).then(postponed())
    given(REQUESTED, postponed()).when(c.TryLetterAgain(letter_id=LETTER_ID, attempt=1)).then(again(2))


def test_what_is_refused_for_good_is_not() -> None:
    failed = e.LetterFailed(letter_id=LETTER_ID, attempt=1, code="letter.x")
    given(REQUESTED).when(failure(retryable=False)).then(failed)
    given(REQUESTED, failed).when(failure()).nothing()


def test_it_is_tried_so_often_only() -> None:
    history: list[e.LetterPostponed | e.LetterTriedAgain] = []
    for attempt in range(1, len(PAUSES) + 1):
        history += [postponed(attempt), again(attempt + 1)]
    last = len(PAUSES) + 1
    given(REQUESTED, *history).when(failure(last)).then(
        e.LetterFailed(letter_id=LETTER_ID, attempt=last, code="letter.x")
    )


def test_what_nobody_wants_any_more_is_not_tried_again() -> None:
    short = e.LetterRequested(letter=letter(good_until=NOW + timedelta(seconds=30)))
    too_late = e.LetterFailed(letter_id=LETTER_ID, attempt=1, code=TOO_LATE)
    given(short).when(failure()).then(too_late)
    given(short, postponed()).at(NOW + timedelta(hours=1)).when(
        c.TryLetterAgain(letter_id=LETTER_ID, attempt=1)
    ).then(too_late)


def test_what_is_told_late_changes_nothing_but_that_it_was_sent() -> None:
    given(REQUESTED, postponed(), again(2)).when(failure(1)).nothing()
    given(REQUESTED, postponed(), again(2)).when(c.TryLetterAgain(letter_id=LETTER_ID, attempt=1)).nothing()
    given(REQUESTED, postponed()).when(SENT).then(e.LetterSent(letter_id=LETTER_ID, attempt=1))


@pytest.mark.parametrize("command", [SENT, failure(), c.TryLetterAgain(letter_id=LETTER_ID, attempt=1)])
def test_a_letter_nobody_asked_for(command: Command) -> None:
    given().when(command).refused("notifications.letter_not_found")
