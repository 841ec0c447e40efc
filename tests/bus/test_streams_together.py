"""One decision, several streams: what it appends is stored together or not at all."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus.admission import Admission
from bus.decider import Decider
from bus.facts.reading import Facts, Read
from bus.publisher import seal
from bus.work import Request
from contexts.kernel import Aggregate, Context, Handler, Rejection
from infra.eventstore.types import Row
from schemas.access import Permission
from schemas.base import PLATFORM, Command, Event, PartnerId, TenantId
from schemas.envelope import Answer, Envelope
from schemas.registry import EVENTS
from tests.support.builders import NOW, SYSTEM
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.harness import LIMITS

PURSE = "purse-of-all"
TENANTS = [TenantId(UUID(int=number)) for number in range(1, 4)]


class Spend(Command, type_name="testing.spender.spend", stream="spender-{0.name}"):
    name: str


class Fill(Command, type_name="testing.purse.fill", stream=PURSE):
    amount: int


class Spent(Event, type_name="testing.spender.spent"):
    name: str


class Filled(Event, type_name="testing.purse.filled"):
    amount: int


class Taken(Event, type_name="testing.purse.taken", stream=PURSE):
    """Stands in the purse's stream, whoever takes from it."""


class Empty(Rejection):
    code = "testing.empty"
    kind = "conflict"


def spend(state: int | None, command: Spend, ctx: Context) -> Sequence[Event]:
    if not ctx.facts:
        raise Empty("nothing left")
    return [Spent(name=command.name), Taken()]


def fill(state: int | None, command: Fill, ctx: Context) -> Sequence[Event]:
    return [Filled(amount=command.amount)]


def left(state: int | None, event: Event) -> int:
    return (state or 0) + (event.amount if isinstance(event, Filled) else -1)


def times(state: int | None, event: Event) -> int:
    return (state or 0) + 1


def the_purse(command: Command, state: object, envelope: Envelope) -> Iterable[str]:
    return (PURSE,)


def nothing(command: Command, state: object, envelope: Envelope) -> Iterable[str]:
    return ()


def in_it(command: Command, state: object, envelope: Envelope, read: Read) -> int | None:
    amount: int | None = read(PURSE)
    return amount


def something(command: Command, state: object, envelope: Envelope, read: Read) -> int:
    return 1


SPENDER, PURSES = Aggregate("spender", int, times), Aggregate("purse", int, left)
HANDLERS = {
    Spend.type_name: Handler(Spend, SPENDER, spend, Permission.INTERNAL),
    Fill.type_name: Handler(Fill, PURSES, fill, Permission.INTERNAL),
}
KNOWING: Mapping[type[Command], Facts] = {Spend: Facts(the_purse, in_it)}
BLIND: Mapping[type[Command], Facts] = {Spend: Facts(nothing, something)}


@pytest.fixture(autouse=True)
def known_events(monkeypatch: pytest.MonkeyPatch) -> None:
    for event in (Spent, Filled, Taken):
        monkeypatch.setitem(EVENTS, event.type_name, event)


def decider(store: MemoryEventStore, facts: Mapping[type[Command], Facts] = KNOWING) -> Decider:
    return Decider(store, HANDLERS, facts, FakeClock(NOW), Admission(LIMITS))


def request(command: Command, tenant_id: TenantId = PLATFORM) -> Request:
    who: dict[str, Any] = {"partner_id": PartnerId(uuid4()), "actor": SYSTEM}
    return Request(seal(command, tenant_id=tenant_id, **who), command)


def spends(count: int) -> list[Request]:
    return [request(Spend(name=str(n)), TENANTS[n % len(TENANTS)]) for n in range(count)]


def accepted(answers: Iterable[Answer]) -> int:
    return sum(answer.status == "accepted" for answer in answers)


def rows(store: MemoryEventStore, keep: Callable[[Row], bool]) -> list[Row]:
    return [row for row in store.after(0, 100) if keep(row)]


def test_commands_of_one_batch_never_take_more_than_there_is() -> None:
    store = MemoryEventStore()
    decider(store).process([request(Fill(amount=3))])
    assert accepted(decider(store).process(spends(10))) == 3
    assert [row.version for row in rows(store, lambda row: row.stream == PURSE)] == [1, 2, 3, 4]


def test_an_event_belongs_to_whose_stream_it_stands_in() -> None:
    store = MemoryEventStore()
    decider(store).process([request(Fill(amount=3)), *spends(2)])
    assert {row.tenant_id for row in rows(store, lambda row: row.stream == PURSE)} == {PLATFORM}
    assert [row.tenant_id for row in rows(store, lambda row: row.stream != PURSE)] == TENANTS[:2]


def test_two_deciders_do_not_take_the_same_coin() -> None:
    """The second has seen the purse before the first took from it: it is refused, looks again, refuses."""
    store = MemoryEventStore()
    ours, theirs = decider(store), decider(store)
    ours.process([request(Fill(amount=2)), request(Spend(name="a"))])
    assert accepted(theirs.process([request(Spend(name="b"))])) == 1
    assert accepted(ours.process([request(Spend(name="c"))])) == 0
    assert [row.stream for row in rows(store, lambda row: row.type == Spent.type_name)] == [
        "spender-a",
        "spender-b",
    ]


def test_a_stream_that_was_not_read_is_not_written() -> None:
    store = MemoryEventStore()
    with pytest.raises(LookupError, match="purse"):
        decider(store, BLIND).process(spends(1))
    assert not store.after(0, 10)
