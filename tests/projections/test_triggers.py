from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from infra.db.pools import API, WORKER, async_pool
from infra.db.scope import Scope, scoped
from projections.reading import MAX_PAGE
from projections.triggers import queries
from projections.triggers.overdue import PendingStart, pending
from schemas.authoring import events as e
from schemas.authoring.triggers import run_of
from schemas.base import Event
from schemas.envelope import Problem
from schemas.execution.events import ExecutionQueued, ExecutionRefused, ExecutionStarted
from schemas.execution.types import QueueReason, TriggerRef
from tests.projections import stories
from tests.projections.world import OTHER_TENANT, PARTNER, TENANT, World
from tests.support.triggers import TRIGGER, TRIGGER_ID, created, cron, fired, planned, skipped, webhook
from tests.support.triggers import revise as revise_command

EPOCH, NIL = datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0)
MINE = Scope(tenant_id=TENANT)
LATER = stories.DEADLINE


async def given(world: World, *events: Event) -> None:
    await world.given(world.record(TRIGGER, *events))


async def trigger(world: World, scope: Scope = MINE) -> queries.Trigger | None:
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, scope) as conn:
        return await queries.get(conn, TRIGGER_ID)


async def hook(world: World, scope: Scope) -> queries.Hook | None:
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, scope) as conn:
        return await queries.hook(conn, TRIGGER_ID)


async def seen(world: World) -> list[tuple[str, str]]:
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, MINE) as conn:
        found = await queries.deliveries(conn, TRIGGER_ID)
        assert [await queries.delivery(conn, TRIGGER_ID, row.occurrence) for row in found] == found
    return sorted((row.occurrence, row.status) for row in found)


async def pending_at(world: World, before: datetime) -> list[str]:
    """Page by page, as the reconciler sees them."""
    found = [PendingStart(NIL, NIL, "", EPOCH, 0, NIL, None)]
    async with async_pool(world.url, WORKER, 1, 1) as pool, pool.connection() as conn:
        while page := await pending(conn, before, found[-1], 1):
            found += page
    assert all(start.tenant_id == TENANT for start in found[1:])
    return sorted(start.occurrence for start in found[1:])


def revised(definition: Any, **changes: Any) -> e.TriggerRevised:
    fields = {**dict(revise_command(definition)), "hash": None, "enabled": True, "left": None}
    return e.TriggerRevised(**{**fields, **changes})


def started(occurrence: str, run: UUID | None = None) -> ExecutionStarted:
    ref = TriggerRef(trigger_id=TRIGGER_ID, kind="cron", occurrence=occurrence)
    event = stories.started(run or run_of(TRIGGER_ID, occurrence))
    return event.model_copy(update={"trigger": ref})


async def test_a_trigger_is_seen_as_it_is_set_up_now(world: World) -> None:
    await given(world, created(cron(), version=2, hash="h2"), planned(LATER))
    found = await trigger(world)
    assert found is not None
    assert (found.version, found.hash, found.next_tick, found.enabled) == (2, "h2", LATER, True)
    await given(world, revised(cron("0 4 * * *"), name="Other"), planned(LATER + timedelta(hours=2)))
    found = await trigger(world)
    assert found is not None
    assert (found.name, found.version, found.hash) == ("Other", None, None)
    assert found.next_tick == LATER + timedelta(hours=2)
    assert await trigger(world, Scope(tenant_id=OTHER_TENANT)) is None


async def test_who_waits_for_no_tick_shows_none(world: World) -> None:
    await given(world, created(cron()), planned(LATER))
    await given(world, e.TriggerDisabled(trigger_id=TRIGGER_ID, follows=None))
    found = await trigger(world)
    assert found is not None and (found.enabled, found.next_tick) == (False, None)
    await given(world, e.TriggerEnabled(trigger_id=TRIGGER_ID, follows=None), revised(webhook()))
    found = await trigger(world)
    assert found is not None and (found.enabled, found.next_tick) == (True, None)


async def test_only_the_check_of_a_call_reads_the_secret(world: World) -> None:
    await given(world, created(webhook(secret_ciphertext="sealed")))
    found = await hook(world, Scope(platform=True))
    assert found is not None and found.secret_ciphertext == "sealed"
    assert (found.tenant_id, found.partner_id, found.enabled) == (TENANT, PARTNER, True)
    assert await hook(world, Scope(tenant_id=OTHER_TENANT)) is None
    shown = await trigger(world)
    assert shown is not None and "sealed" not in str(shown)
    await given(world, revised(cron()))
    assert await hook(world, Scope(platform=True)) is None


async def test_a_delivery_is_pending_until_its_run_begins(world: World) -> None:
    await given(world, created(cron()), fired("a"), fired("b"), fired("c"))
    assert await seen(world) == [("a", "pending"), ("b", "pending"), ("c", "pending")]
    [first] = [row for row in await world.rows("trigger_deliveries") if row["occurrence"] == "a"]
    queued = ExecutionQueued(
        execution_id=run_of(TRIGGER_ID, "b"),
        source=stories.WORKFLOW,
        inputs={},
        deadline=stories.DEADLINE,
        priority=5,
        weight=1,
        reason=QueueReason(scope="tenant", limit=1, running=1),
        trigger=TriggerRef(trigger_id=TRIGGER_ID, kind="cron", occurrence="b"),
    )
    await world.given(world.record("execution-1", started("a")))
    await world.given(world.record("execution-2", queued))
    assert await seen(world) == [("a", "started"), ("b", "queued"), ("c", "pending")]
    [after] = [row for row in await world.rows("trigger_deliveries") if row["occurrence"] == "a"]
    assert after["event_position"] == first["event_position"] == world.log[1].position


async def test_what_starts_no_run_is_said(world: World) -> None:
    problem = Problem(code="authoring.input_unfilled", message="no user")
    misfired = e.TriggerMisfired(
        trigger_id=TRIGGER_ID,
        kind="webhook",
        occurrence="d",
        at=LATER,
        execution_id=run_of(TRIGGER_ID, "d"),
        payload={},
        problem=problem,
    )
    await given(world, created(cron()), misfired, skipped(LATER, LATER + timedelta(days=2), 3))
    rows = {row["status"]: row for row in await world.rows("trigger_deliveries")}
    assert Problem.model_validate(rows["misfired"]["problem"]) == problem
    assert (rows["skipped"]["ticks"], rows["skipped"]["until"]) == (3, LATER + timedelta(days=2))


async def test_a_refused_run_says_why(world: World) -> None:
    problem = Problem(code="tenancy.tenant_suspended", message="suspended")
    await given(world, created(cron()), fired("a"), fired("b"))
    for occurrence in ("a", "b"):
        run = run_of(TRIGGER_ID, occurrence)
        ref = TriggerRef(trigger_id=TRIGGER_ID, kind="cron", occurrence=occurrence)
        refused = ExecutionRefused(execution_id=run, trigger=ref, problem=problem)
        await world.given(world.record(f"execution-{run}", refused))
    assert await seen(world) == [("a", "refused"), ("b", "refused")]
    for row in await world.rows("trigger_deliveries"):
        assert Problem.model_validate(row["problem"]) == problem


async def test_a_start_nobody_noted_is_refused_and_may_begin_after_all(world: World) -> None:
    problem = Problem(code="authoring.start_overdue", message="not in time")
    await given(world, created(cron()), fired("a"), fired("b"))
    [first, _, second] = world.log
    assert await pending_at(world, LATER) == ["a", "b"]
    assert await pending_at(world, first.recorded_at) == []
    refused = e.DeliveryRefused(trigger_id=TRIGGER_ID, occurrence="b", problem=problem)
    await given(world, refused)
    assert await seen(world) == [("a", "pending"), ("b", "refused")]
    [row] = [row for row in await world.rows("trigger_deliveries") if row["occurrence"] == "b"]
    assert Problem.model_validate(row["problem"]) == problem
    assert row["event_position"] == second.position
    assert await pending_at(world, LATER) == ["a"]
    await world.given(world.record("execution-2", started("b")))
    assert await seen(world) == [("a", "pending"), ("b", "started")]


async def test_runs_that_no_trigger_or_another_run_began_change_nothing(world: World) -> None:
    await given(world, created(cron()), fired("a"))
    other = uuid4()
    await world.given(world.record(f"execution-{other}", started("a", other)))
    await world.given(stories.run(world)[1])
    assert await seen(world) == [("a", "pending")]


async def test_the_same_events_again_change_nothing(world: World) -> None:
    events = world.record(TRIGGER, created(cron()), planned(LATER), fired("a"), revised(cron()))
    await world.given(events)
    before = await world.everything("triggers", "trigger_deliveries")
    await world.conn.execute("UPDATE projections SET position = 0")
    await world.given(events)
    assert await world.everything("triggers", "trigger_deliveries") == before


async def test_a_list_of_deliveries_has_an_end(world: World) -> None:
    await given(world, created(cron()), *(fired(f"d{n}") for n in range(MAX_PAGE + 5)))
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, MINE) as conn:
        first = await queries.deliveries(conn, TRIGGER_ID, limit=1_000)
        last = first[-1]
        rest = await queries.deliveries(conn, TRIGGER_ID, (last.created_at, last.id))
    assert (len(first), len(rest)) == (MAX_PAGE, 5)
