"""What a batch of commands becomes: answered once each, and none spoils another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus import wiring
from bus.admission import Admission
from bus.command_consumer import parse
from bus.decider import Decider
from bus.facts.reading import Facts, Read
from bus.publisher import seal
from bus.snapshots import Snapshots
from bus.work import Request
from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.workflow import Workflow
from schemas.authoring.commands import CreateWorkflow, PublishWorkflow
from schemas.base import PLATFORM, Command, UserId
from schemas.billing.commands import ReleaseCall
from schemas.envelope import Actor, Answer, Envelope
from schemas.identity.commands import LinkIdentity, UnlinkIdentity
from schemas.tenancy.commands import CreatePartner
from tests.support.builders import (
    NOW,
    PARTNER_ID,
    SYSTEM,
    TENANT_ID,
    create_partner,
    new_user,
    noop,
    register_user,
    workflow,
)
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.harness import LIMITS, Harness
from tests.support.money import authorize, call
from tests.support.people import index, sealed
from tests.support.story import LEDGER, given_tenant, names


class ConflictingStore(MemoryEventStore):
    """Somebody else appends to a stream just before each of the next commits."""

    def __init__(self) -> None:
        super().__init__()
        self.rivals: list[Request] = []

    def commit(self, batch: Any) -> Any:
        while self.rivals:
            decider(self).process([self.rivals.pop()])
        return super().commit(batch)


class CountingStore(MemoryEventStore):
    def __init__(self) -> None:
        super().__init__()
        self.commits = 0

    def commit(self, batch: Any) -> Any:
        self.commits += 1
        return super().commit(batch)


def decider(store: MemoryEventStore) -> Decider:
    return Decider(store, wiring.HANDLERS, wiring.FACTS, FakeClock(NOW), Admission(LIMITS))


def request(command: Command, message_id: UUID | None = None, input_hash: str = "") -> Request:
    who: dict[str, Any] = {"tenant_id": PLATFORM, "partner_id": None, "actor": SYSTEM}
    envelope = seal(command, **who, message_id=message_id, input_hash=input_hash)
    return parse(envelope.model_dump_json().encode())


def partner(number: int, email: str | None = None) -> CreatePartner:
    admin = new_user(user_id=UUID(int=number), email=email or f"admin-{number}@example.com")
    return create_partner(partner_id=UUID(int=number), admin=admin)


def codes(answers: list[Answer]) -> list[str | None]:
    return [answer.refusal.code if answer.refusal else None for answer in answers]


def test_the_same_command_again_gets_the_same_answer() -> None:
    store = MemoryEventStore()
    sent = request(partner(1), uuid4(), "hash")
    [first] = decider(store).process([sent])
    [again] = decider(store).process([sent])
    assert first == again
    assert len(store.after(0, 10)) == 1


def test_what_was_delivered_before_is_looked_up_and_spoils_no_batch() -> None:
    store = CountingStore()
    decides, sent = decider(store), request(partner(1), uuid4(), "hash")
    [first] = decides.process([sent])
    [again, other] = decides.process([replace(sent, again=True), request(partner(2))])
    assert (again, other.status) == (first, "accepted")
    assert store.commits == 2


def test_the_same_command_twice_in_a_batch_is_decided_once() -> None:
    sent, store = request(partner(1), uuid4(), "hash"), MemoryEventStore()
    first, again = decider(store).process([sent, sent])
    assert first == again
    assert len(store.after(0, 10)) == 1


def test_the_same_id_for_another_request_is_a_conflict() -> None:
    message_id, store = uuid4(), MemoryEventStore()
    first, other = (request(partner(n), message_id, f"hash-{n}") for n in (1, 2))
    assert codes(decider(store).process([first])) == [None]
    assert codes(decider(store).process([other, first])) == ["request.idempotency_conflict", None]


def test_the_same_id_for_another_request_in_one_batch_is_a_conflict() -> None:
    message_id = uuid4()
    batch = [request(partner(n), message_id, f"hash-{n}") for n in (1, 2)]
    assert codes(decider(MemoryEventStore()).process(batch)) == [None, "request.idempotency_conflict"]


def test_a_rejection_is_remembered_with_its_reason() -> None:
    store = MemoryEventStore()
    decider(store).process([request(partner(1))])
    changed = request(partner(1, "other@example.com"), uuid4())
    [first] = decider(store).process([changed])
    [again] = decider(store).process([changed])
    assert first == again
    assert codes([first]) == ["tenancy.partner_exists"]


def test_one_taken_name_rejects_one_command_of_the_batch() -> None:
    store = MemoryEventStore()
    decider(store).process([request(partner(1, "taken@example.com"))])
    batch = [request(partner(2)), request(partner(3, "taken@example.com")), request(partner(4))]
    assert codes(decider(store).process(batch)) == [None, "conflict.email_taken", None]


def test_of_two_claims_in_a_batch_the_first_has_the_name() -> None:
    batch = [request(partner(n, "wanted@example.com")) for n in (1, 2)]
    assert codes(decider(MemoryEventStore()).process(batch)) == [None, "conflict.email_taken"]


def test_a_name_that_is_claimed_and_released_in_one_batch_is_free() -> None:
    store, mine = MemoryEventStore(), {"provider": "google", "subject_index": index("google|7")}

    def link(user_id: UserId) -> Request:
        return request(LinkIdentity(user_id=user_id, subject=sealed(user_id, "7"), **mine))

    ada, eve = UserId(UUID(int=5)), UserId(UUID(int=6))
    people = [register_user(user_id=ada), register_user(user_id=eve, email_index=index("eve@example.com"))]
    decider(store).process([request(person) for person in people])
    together = [link(ada), request(UnlinkIdentity(user_id=ada, provider="google", another_way=True))]
    assert codes(decider(store).process(together)) == [None, None]
    assert codes(decider(store).process([link(eve)])) == [None]
    assert codes(decider(store).process([link(ada)])) == ["conflict.identity_taken"]


def test_a_later_command_of_a_batch_sees_what_the_earlier_ones_did() -> None:
    store = MemoryEventStore()
    batch = [request(partner(1)), request(partner(1)), request(partner(1, "other@example.com"))]
    first, same, other = decider(store).process(batch)
    assert (first.status, same.status, other.status) == ("accepted", "accepted", "rejected")
    assert first.position == same.position == other.position > 0
    assert len(store.after(0, 10)) == 1


def test_a_batch_that_meets_a_rival_is_decided_again() -> None:
    store = ConflictingStore()
    store.rivals = [request(partner(2))]
    answers = decider(store).process([request(partner(n)) for n in (1, 2, 3)])
    assert codes(answers) == [None, None, None]
    assert len(store.after(0, 10)) == 3


def test_a_state_remembered_from_before_takes_in_what_others_wrote() -> None:
    store = MemoryEventStore()
    ours, theirs = decider(store), decider(store)
    ours.process([request(partner(1))])
    theirs.process([request(partner(2, "new@example.com"))])
    assert codes(ours.process([request(partner(2, "old@example.com"))])) == ["tenancy.partner_exists"]


def test_a_call_that_ended_is_not_authorised_again_however_time_goes_on() -> None:
    h = Harness()
    given_tenant(h)
    policies = Actor(kind="system", id="policies-billing", partner_id=PARTNER_ID)
    h.submit(authorize(), as_=policies)
    h.submit(ReleaseCall(tenant_id=TENANT_ID, call=call(), reason="over", usage=None), as_=policies)
    h.clock.tick = timedelta(seconds=1)
    again = h.submit(authorize(), as_=policies)
    assert codes([again]) == ["conflict.call_taken"]
    assert names(h.events(LEDGER)) == ["call_authorized", "call_released"]


def test_committed_rows_are_handed_on_once_with_their_positions() -> None:
    store = MemoryEventStore()
    deciding = decider(store)
    deciding.process([request(partner(1)), request(partner(2))])
    assert deciding.take_committed() == store.after(0, 10)
    assert deciding.take_committed() == []


def test_what_a_command_reads_follows_from_what_those_before_it_in_the_batch_did() -> None:
    """Here the draft names a stream, and is made in the same batch."""
    named, store, seen = f"workflow-{UUID(int=80)}", MemoryEventStore(), []

    def names(command: Command, state: Workflow | None, envelope: Envelope) -> list[str]:
        return [state.draft.output] if state else []

    def look(command: Command, state: Workflow, envelope: Envelope, read: Read) -> AuthoringFacts:
        seen.append(read(state.draft.output))
        return AuthoringFacts(frozenset())

    def create(number: int, output: str = "") -> Request:
        definition = workflow(noop("a"), output=output)
        id_ = UUID(int=number)
        return request(CreateWorkflow(workflow_id=id_, name="Flow", definition=definition), uuid4())

    decider(store).process([create(80)])
    facts: dict[type[Command], Facts] = {**wiring.FACTS, PublishWorkflow: Facts(names, look)}
    fresh = Decider(store, wiring.HANDLERS, facts, FakeClock(NOW), Admission(LIMITS))
    fresh.process([create(81, named), request(PublishWorkflow(workflow_id=UUID(int=81)), uuid4())])
    assert [state and state.workflow_id for state in seen] == [UUID(int=80)]


def test_what_was_saved_as_a_snapshot_is_remembered_of_so_many_streams_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bus.snapshots.REMEMBERED", 2)
    snapshots = Snapshots(MemoryEventStore(), [])
    for number in range(5):
        snapshots._remember({f"ledger-{number}": 500})
    assert list(snapshots._saved) == ["ledger-3", "ledger-4"]
