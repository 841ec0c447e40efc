from datetime import timedelta
from uuid import UUID, uuid4

from projections.timers.batch import SKEW
from schemas.authoring.events import TriggerDisabled, TriggerRevised
from projections.timers.batch import SKEW
from schemas.execution import events as e
from schemas.registry import command_from
from tests.projections import stories
from tests.projections.world import EPOCH, World
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
