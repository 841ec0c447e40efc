from datetime import datetime, timedelta
from uuid import UUID, uuid4

from projections.fold import fold
from projections.timers.batch import SKEW, Batch
from projections.timers.project import ON
from schemas.authoring.events import TriggerDisabled, TriggerRevised
from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.commands import WakeStep
from schemas.registry import command_from
from tests.projections import runs, stories
from tests.projections.world import EPOCH, World
from tests.support.fakes.timers import MemoryTimers
from tests.support.triggers import TRIGGER, TRIGGER_ID, created, cron, planned

DUE = EPOCH + timedelta(seconds=30)


async def names(world: World) -> list[str]:
    return [row["name"] for row in await world.rows("timers", "name")]


def retry(id_: UUID) -> e.StepRetryPlanned:
    error = stories.failure()
    return e.StepRetryPlanned(execution_id=id_, node="a", attempt=2, due_at=DUE, error=error)


async def test_a_run_expires_at_its_deadline_unless_it_ends(world: World) -> None:
    id_, events = stories.run(world)
    await world.given(events[:1])
    [timer] = await world.rows("timers")
    assert (timer["name"], timer["due_at"]) == (f"expire:{id_}", stories.DEADLINE + SKEW)
    assert command_from(timer["command"], timer["data"]).stream_id == f"execution-{id_}"
    await world.given(events[1:])
    assert await names(world) == []


async def test_a_retry_is_due_until_its_attempt_begins(world: World) -> None:
    id_ = uuid4()
    stream = f"execution-{id_}"
    await world.given(world.record(stream, stories.started(id_), retry(id_)))
    assert await names(world) == [f"expire:{id_}", f"step:{id_}:a:2"]
    begun = e.StepScheduled(execution_id=id_, node="a", attempt=2, kind="noop")
    await world.given(world.record(stream, begun))
    assert await names(world) == [f"expire:{id_}"]


async def due(world: World, id_: UUID, *events: Event) -> dict[str, datetime]:
    """What is due at steps after these."""
    await world.given(world.record(f"execution-{id_}", *events))
    rows = await world.rows("timers")
    return {row["name"].removeprefix(f"step:{id_}:"): row["due_at"] for row in rows if row["name"][0] == "s"}


async def test_an_open_step_is_looked_at_when_its_report_is_overdue(world: World) -> None:
    id_ = uuid4()
    begun = [runs.tool(id_, "t"), runs.retrieval(id_, "r"), runs.subworkflow(id_, "s", UUID(int=4))]
    begun += [runs.asks_model(id_, "m"), runs.scheduled(id_, "n")]
    found = await due(world, id_, stories.started(id_), *begun)
    assert found == {f"{node}:1": runs.DUE + SKEW for node in "trsmn"}
    [row] = [row for row in await world.rows("timers") if row["name"].endswith(":t:1")]
    command = command_from(row["command"], row["data"])
    assert command == WakeStep(execution_id=id_, node="t", attempt=1)
    assert set(await due(world, id_, runs.done(id_, "t"), runs.failed(id_, "r"))) == {"s:1", "m:1", "n:1"}
    assert set(await due(world, id_, runs.model_answered(id_, "m"))) == {"s:1", "n:1"}
    assert await due(world, id_, runs.retry(id_, "n")) == {"s:1": runs.DUE + SKEW, "n:2": runs.LATER}
    assert await due(world, id_, runs.cancelled(id_)) == {}


async def test_a_wait_ends_and_an_approval_escalates_before_it_expires(world: World) -> None:
    id_ = uuid4()
    asked = runs.asked(id_, "q", escalate_at=runs.DUE, escalate_to=("bob",))
    found = await due(world, id_, stories.started(id_), runs.waits(id_, "w"), asked)
    assert found == {"w:1": runs.DUE, "q:1": runs.DUE}
    assert (await due(world, id_, runs.escalated(id_, "q", "bob")))["q:1"] == runs.LATER
    assert await due(world, id_, runs.answered(id_, "q"), runs.done(id_, "w")) == {}


async def test_a_failed_items_timers_go_with_it(world: World) -> None:
    id_ = uuid4()
    inner = [runs.tool(id_, f"each[{index}].t") for index in (1, 11)]
    await due(world, id_, stories.started(id_), *inner)
    assert set(await due(world, id_, runs.failed_item(id_, "each", 1))) == {"each[11].t:1"}


async def test_a_step_that_begins_and_ends_in_one_batch_leaves_no_timer_to_write(world: World) -> None:
    id_ = uuid4()
    events = [stories.started(id_), runs.tool(id_, "t"), runs.done(id_, "t")]
    batch = fold(ON, Batch(), world.record(f"execution-{id_}", *events))
    assert [row["name"] for row in batch.live()] == [f"expire:{id_}"]


async def test_a_queued_run_expires_too(world: World) -> None:
    id_ = uuid4()
    await world.given(world.record(f"execution-{id_}", runs.queued(id_)))
    assert await names(world) == [f"expire:{id_}"]


async def test_timers_in_memory_are_those_of_the_projection(world: World) -> None:
    id_ = uuid4()
    events = world.record(f"execution-{id_}", *runs.of_every_kind(id_))
    memory = MemoryTimers()
    for event in events:
        memory.apply(event)
        await world.given([event])
        assert sorted(await names(world)) == sorted(memory.names())


async def test_the_end_of_a_run_removes_all_its_timers(world: World) -> None:
    id_ = uuid4()
    stream = f"execution-{id_}"
    await world.given(world.record(stream, stories.started(id_), retry(id_)))
    failed = e.ExecutionFailed(execution_id=id_, error=stories.failure(), node=None)
    await world.given(world.record(stream, failed))
    assert await names(world) == []


async def test_timers_of_a_run_that_ends_in_the_same_batch_are_never_written(world: World) -> None:
    id_ = uuid4()
    end = e.ExecutionFailed(execution_id=id_, error=stories.failure(), node=None)
    await world.given(world.record(f"execution-{id_}", stories.started(id_), retry(id_), end))
    assert await names(world) == []


async def test_a_hold_is_resolved_later_when_its_call_is_unknown(world: World) -> None:
    call = stories.call()
    await world.given(world.record(stories.ledger(), stories.authorized(call)))
    [timer] = await world.rows("timers")
    assert (timer["name"], timer["due_at"]) == (f"hold:{call.key}", EPOCH + timedelta(minutes=5) + SKEW)
    await world.given(world.record(stories.ledger(), stories.unknown(call)))
    [timer] = await world.rows("timers")
    assert timer["due_at"] == EPOCH + timedelta(hours=2) + SKEW
    assert timer["command"] == "billing.ledger.resolve_hold"
    await world.given(world.record(stories.ledger(), stories.settled(call)))
    assert await names(world) == []


async def test_a_trigger_waits_for_its_last_planned_tick_only(world: World) -> None:
    await world.given(world.record(TRIGGER, created(cron()), planned(DUE)))
    [timer] = await world.rows("timers")
    assert (timer["name"], timer["due_at"]) == (f"tick:{TRIGGER_ID}", DUE)
    assert command_from(timer["command"], timer["data"]).stream_id == TRIGGER
    later = DUE + timedelta(days=1)
    await world.given(world.record(TRIGGER, planned(later)))
    assert [row["due_at"] for row in await world.rows("timers")] == [later]
    await world.given(world.record(TRIGGER, TriggerDisabled(trigger_id=TRIGGER_ID, follows=None)))
    assert await names(world) == []


async def test_a_new_schedule_takes_the_old_ones_place(world: World) -> None:
    fields = {**dict(created(cron())), "left": None}
    revised, later = TriggerRevised(**fields), DUE + timedelta(days=1)
    await world.given(world.record(TRIGGER, created(cron()), planned(DUE)))
    await world.given(world.record(TRIGGER, revised, planned(later)))
    assert [row["due_at"] for row in await world.rows("timers")] == [later]
    await world.given(world.record(TRIGGER, revised))
    assert await names(world) == []
