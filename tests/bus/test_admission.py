"""What a decider admits: exactly as many as there are places, whatever becomes of its batches."""

from typing import Any
from uuid import UUID, uuid5

import pytest

from bus import codec, wiring
from bus.admission import Admission
from bus.command_consumer import parse
from bus.decider import Decider
from bus.publisher import seal
from bus.run_index import Picture, RunIndex
from bus.work import Request
from contexts.execution.admission import Limits, Occupancy, Place
from infra.eventstore.types import Conflict
from schemas.base import Command
from schemas.execution.commands import CancelExecution
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID, noop, workflow
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.harness import Harness
from tests.support.story import given_tenant, given_workflow, start, tenant_admin

TENANT: Place = ("tenant", TENANT_ID)


class FailingStore(MemoryEventStore):
    """The next commits fail, each as it is told."""

    def __init__(self, story: MemoryEventStore) -> None:
        super().__init__()
        self.__dict__.update(story.__dict__)
        self.failures: list[Exception] = []

    def commit(self, batch: Any) -> Any:
        if self.failures:
            raise self.failures.pop()
        return super().commit(batch)


class World:
    """A tenant with a workflow, and a decider of its own."""

    def __init__(self, places: int) -> None:
        h = Harness()
        given_tenant(h)
        given_workflow(h, workflow(noop("step")))
        self.store = FailingStore(h.store)
        self.index = RunIndex()
        self.limits = Limits(places, 1000, 1000)
        self.decider = self.new_decider(self.index)
        self.sent = 0

    def new_decider(self, index: RunIndex) -> Decider:
        admission = Admission(self.limits, index)
        return Decider(self.store, wiring.HANDLERS, wiring.FACTS, FakeClock(NOW), admission)

    def request(self, command: Command) -> Request:
        self.sent += 1
        who: dict[str, Any] = {"tenant_id": TENANT_ID, "partner_id": PARTNER_ID, "actor": tenant_admin()}
        envelope = seal(command, **who, message_id=uuid5(UUID(int=1), str(self.sent)))
        return parse(envelope.model_dump_json().encode())

    def starts(self, *numbers: int) -> list[Request]:
        return [self.request(start(execution_id=UUID(int=n))) for n in numbers]

    def counts(self) -> tuple[int, int]:
        """How many runs the store knows to be running, and to be queued."""
        types = [row.type.rpartition(".")[2] for row in self.store.after(0, 100_000)]
        ended = types.count("cancelled") + types.count("succeeded")
        return types.count("started") - ended, types.count("queued")

    def known(self) -> tuple[int, int]:
        return self.index.occupancy.running(TENANT), self.index.occupancy.waiting(TENANT)


def test_of_96_starts_in_a_batch_as_many_begin_as_there_are_places() -> None:
    world = World(places=10)
    world.decider.process(world.starts(*range(96)))
    assert world.counts() == world.known() == (10, 86)


def test_a_batch_that_was_not_stored_took_no_place() -> None:
    world = World(places=10)
    world.store.failures = [Conflict("a rival")]
    world.decider.process(world.starts(*range(10)))
    assert world.counts() == world.known() == (10, 0)
    world.store.failures = [ConnectionError("the database is away")]
    with pytest.raises(ConnectionError):
        world.decider.process(world.starts(*range(20, 25)))
    assert world.known() == (10, 0)


def test_a_place_is_free_in_the_very_batch_in_which_a_run_ends() -> None:
    world = World(places=1)
    world.decider.process(world.starts(1))
    cancel = world.request(CancelExecution(execution_id=UUID(int=1)))
    world.decider.process([cancel, *world.starts(2)])
    assert world.counts() == world.known() == (1, 0)


def test_what_another_process_started_counts_when_it_is_heard_of() -> None:
    world = World(places=10)
    world.new_decider(RunIndex()).process(world.starts(*range(9)))
    hear(world)
    world.decider.process(world.starts(20, 21))
    assert world.counts() == world.known() == (10, 1)


def test_hearing_of_ones_own_runs_changes_nothing_and_ended_ones_are_forgotten() -> None:
    world = World(places=10)
    world.decider.process(world.starts(1, 2))
    world.decider.process([world.request(CancelExecution(execution_id=UUID(int=1)))])
    for _ in range(2):
        hear(world)
        list(world.index.catch_up())
        assert world.known() == (1, 0)
    assert world.index.occupancy.runs.keys() == {UUID(int=2)}


def test_a_picture_taken_before_ones_latest_commits_does_not_undo_them() -> None:
    world = World(places=10)
    world.decider.process(world.starts(1))
    old = picture(world)
    world.decider.process(world.starts(2))
    world.decider.process([world.request(CancelExecution(execution_id=UUID(int=1)))])
    world.index.reset(old)
    list(world.index.catch_up())
    assert world.known() == (1, 0)
    hear(world)
    list(world.index.catch_up())
    assert world.known() == (1, 0)


def test_a_picture_forgets_what_is_gone() -> None:
    world = World(places=10)
    world.new_decider(RunIndex()).process(world.starts(1))
    hear(world)
    list(world.index.catch_up())
    world.new_decider(RunIndex()).process([world.request(CancelExecution(execution_id=UUID(int=1)))])
    world.index.reset(picture(world))
    assert [run.ended for run in world.index.catch_up()] == [True]
    assert world.known() == (0, 0)


def hear(world: World) -> None:
    """As the relay publishes it."""
    for row in world.store.after(0, 100_000):
        if row.stream.startswith("execution-"):
            world.index.offer(codec.encode(row, 0))


def picture(world: World) -> Picture:
    made = Picture(0, Occupancy())
    for row in world.store.after(0, 100_000):
        made.take_in(codec.decode(codec.encode(row, 0))[0])
    return made
