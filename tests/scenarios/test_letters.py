"""A letter's whole way, in memory: asked for, tried, tried again, sent or given up."""

from uuid import UUID

import pytest

from contexts.notifications.letter import PAUSES
from schemas.notifications.commands import RequestLetter
from schemas.notifications.events import LetterFailed, LetterSent
from schemas.notifications.mail_error import MailError
from tests.support.builders import NOW, SYSTEM, app_admin
from tests.support.fakes.personal import sealed
from tests.support.harness import Harness
from tests.support.letters import LETTER_ID, LINK, letter

STREAM = f"letter-{LETTER_ID}"
READER, OTHER = UUID(int=4), UUID(int=5)


@pytest.fixture(params=[None, 7])
def h(request: pytest.FixtureRequest) -> Harness:
    return Harness(seed=request.param)


def test_a_letter_is_opened_and_sent(h: Harness) -> None:
    assert h.submit(RequestLetter(letter=letter()), as_=SYSTEM).status == "accepted"
    h.run()
    (sent,) = {mail.model_dump_json(): mail for mail in h.mailer.sent}.values()
    assert (sent.to, sent.written_at) == ("ada@people.example", NOW)
    assert sent.values == {"minutes": "15", "code": "123456", "link": LINK}
    assert h.events(STREAM)[-1] == LetterSent(letter_id=LETTER_ID, attempt=1)


def test_no_opened_text_is_stored(h: Harness) -> None:
    h.mailer.errors = [MailError("letter.server_unreachable", retryable=True)]
    h.submit(RequestLetter(letter=letter()), as_=SYSTEM)
    h.advance(PAUSES[0].total_seconds())
    stored = "".join(event.model_dump_json() for event in h.events(STREAM))
    assert not any(text in stored for text in ("ada@people.example", "123456", LINK))


def test_a_server_that_is_away_for_a_while(h: Harness) -> None:
    """Delivered twice, each delivery of an attempt may meet the server: all of them must fail."""
    h.mailer.errors = [MailError("letter.server_unreachable", retryable=True)] * 2
    h.submit(RequestLetter(letter=letter()), as_=SYSTEM)
    h.advance(sum(pause.total_seconds() for pause in PAUSES))
    assert isinstance(h.events(STREAM)[-1], LetterSent)
    assert {mail.letter_id for mail in h.mailer.sent} == {LETTER_ID}
    assert h.timers.next_due() is None


def test_a_server_that_never_comes_back(h: Harness) -> None:
    h.mailer.errors = [MailError("letter.server_unreachable", retryable=True)] * 100
    h.submit(RequestLetter(letter=letter()), as_=SYSTEM)
    h.advance(sum(pause.total_seconds() for pause in PAUSES) + 60)
    code, attempts = "letter.server_unreachable", len(PAUSES) + 1
    assert h.events(STREAM)[-1] == LetterFailed(letter_id=LETTER_ID, attempt=attempts, code=code)
    assert h.timers.next_due() is None


def test_a_letter_to_somebody_who_was_erased_is_dropped(h: Harness) -> None:
    h.personal.erased = {READER}
    h.submit(RequestLetter(letter=letter()), as_=SYSTEM)
    h.run()
    failed = LetterFailed(letter_id=LETTER_ID, attempt=1, code="letter.recipient_erased")
    assert h.events(STREAM)[-1] == failed
    assert h.mailer.sent == []


def test_a_letter_that_names_somebody_who_was_erased(h: Harness) -> None:
    h.personal.erased = {OTHER}
    secret = {"inviter": sealed("Eve", OTHER), "link": sealed(LINK, READER)}
    h.submit(RequestLetter(letter=letter("invitation", sealed=secret)), as_=SYSTEM)
    h.run()
    assert {mail.values["inviter"] for mail in h.mailer.sent} == {"(erased)"}


def test_people_do_not_send_letters(h: Harness) -> None:
    answer = h.submit(RequestLetter(letter=letter()), as_=app_admin())
    assert answer.refusal and answer.refusal.code == "access.denied"
