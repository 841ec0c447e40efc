from contexts.notifications.letter import misfits
from contexts.notifications.registry import REGISTRY
from schemas.access import Role
from schemas.notifications.commands import RequestLetter
from tests.contexts.identity.test_invitation import FIRST, SECOND, sent
from tests.contexts.identity.test_support import started
from tests.support.spec import Spec

when = Spec(REGISTRY).when


def test_whoever_is_invited_gets_the_link() -> None:
    event = sent()
    [request] = when(event).commands()
    assert isinstance(request, RequestLetter)
    letter = request.letter
    assert (letter.to, letter.template, letter.good_until) == (event.email, "invitation", event.expires_at)
    assert letter.sealed["link"] == event.link
    assert letter.values == {"place": "Shop", "role": Role.TENANT_BUILDER, "days": "7"}
    assert list(misfits(letter)) == []


def test_an_invitation_sent_again_is_another_letter() -> None:
    [first], [again] = (when(sent(token_hash=token)).commands() for token in (FIRST, SECOND))
    assert isinstance(first, RequestLetter) and isinstance(again, RequestLetter)
    assert first.letter.letter_id != again.letter.letter_id


def test_whom_support_acts_as_is_told_by_whom_and_why() -> None:
    event = started()
    [request] = when(event).commands()
    assert isinstance(request, RequestLetter)
    letter = request.letter
    assert (letter.to, letter.sealed["by"], letter.values["reason"]) == (event.email, event.by, event.reason)
    assert list(misfits(letter)) == []
