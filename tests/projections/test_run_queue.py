from random import Random
from uuid import UUID, uuid4

import pytest

from bus.run_feed import picture_of
from bus.run_index import Picture
from projections.run_queue import queries
from schemas.base import Event, TenantId
from schemas.envelope import Recorded
from schemas.execution import events as e
from schemas.execution.types import ParentRef, QueueReason
from schemas.tenancy.events import TenantLimitsSet, TenantProvisioned, TenantReinstated, TenantSuspended
from tests.projections import stories
from tests.projections.test_people import ADMIN
from tests.projections.world import OTHER_TENANT, PARTNER, TENANT, World

FULL = QueueReason(scope="tenant", limit=1, running=1)


def queued(id_: UUID, priority: int = 5, reason: QueueReason = FULL) -> e.ExecutionQueued:
    return e.ExecutionQueued(
        execution_id=id_,
        source=stories.WORKFLOW,
        inputs={},
        deadline=stories.DEADLINE,
        priority=priority,
        weight=3,
        reason=reason,
    )


def record(world: World, id_: UUID, *events: Event, tenant: TenantId = TENANT) -> list[Recorded]:
    return world.record(f"execution-{id_}", *events, tenant=tenant)


def a_life(random: Random, id_: UUID) -> list[Event]:
    """Of a run, up to some point of it, or of a subworkflow's."""
    if random.random() < 0.2:
        parent = ParentRef(execution_id=uuid4(), node="sub", attempt=1, root_id=uuid4(), depth=1)
        begin: list[Event] = [stories.started(id_).model_copy(update={"parent": parent})]
    else:
        begin = [*([queued(id_)] if random.random() < 0.5 else []), stories.started(id_)]
    changes: list[Event] = [
        e.ExecutionParked(execution_id=id_),
        e.ExecutionWoken(execution_id=id_),
        e.ExecutionPaused(execution_id=id_, reason="user", by="user:ada"),
        e.ExecutionResumed(execution_id=id_, by="user:ada"),
    ]
    end = e.ExecutionCancelled(execution_id=id_, reason="", by="user:ada")
    life = [*begin, *random.choices(changes, k=random.randint(0, 5)), end]
    return life[: random.randint(1, len(life))]


def history(world: World, random: Random) -> list[Recorded]:
    """Many lives, interleaved."""
    lives = [(id_, a_life(random, id_)) for id_ in (uuid4() for _ in range(12))]
    events: list[Recorded] = []
    while lives:
        id_, life = random.choice(lives)
        events += record(world, id_, life.pop(0))
        lives = [one for one in lives if one[1]]
    return events


@pytest.mark.parametrize("seed", range(6))
async def test_the_table_says_what_the_events_say_however_they_are_batched(world: World, seed: int) -> None:
    random = Random(seed)
    events = history(world, random)
    expected = Picture()
    for event in events:
        expected.take_in(event)
    left = list(events)
    while left:
        size = random.randint(1, 12)
        await world.given(left[:size])
        left = left[size:]
    found = picture_of(await queries.load(world.conn))
    assert found.position == expected.position
    assert seen(found) == seen(expected)


def seen(picture: Picture) -> dict[UUID, tuple[object, ...]]:
    return {
        id_: (run.tenant_id, run.partner_id, run.position, run.running, run.waiting, run.priority)
        for id_, run in picture.occupancy.runs.items()
    }


async def test_the_tenants_that_are_out_of_the_ordinary_are_loaded(world: World) -> None:
    provisioned = TenantProvisioned(
        tenant_id=TENANT,
        partner_id=PARTNER,
        name="Shop",
        subdomain="shop",
        monthly_budget=None,
        owner=ADMIN,
    )
    stream = f"tenant-{TENANT}"
    limited = TenantLimitsSet(tenant_id=TENANT, max_runs=3)
    await world.given(
        world.record(stream, provisioned, limited, TenantSuspended(tenant_id=TENANT, reason="x"))
    )
    [tenant] = (await queries.load(world.conn)).tenants
    assert (tenant.id, tenant.stopped, tenant.max_runs) == (TENANT, True, 3)
    lifted = TenantLimitsSet(tenant_id=TENANT, max_runs=None)
    await world.given(world.record(stream, lifted, TenantReinstated(tenant_id=TENANT, reason="y")))
    assert (await queries.load(world.conn)).tenants == []


async def test_a_queued_run_says_why_it_waits_and_who_goes_before_it(world: World) -> None:
    ids = [uuid4() for _ in range(5)]
    await world.given(record(world, ids[0], stories.started(ids[0])))
    for id_, priority in zip(ids[1:], (5, 9, 5, 0), strict=True):
        await world.given(record(world, id_, queued(id_, priority)))
    await world.given(record(world, other := uuid4(), queued(other), tenant=OTHER_TENANT))
    ahead = [await queries.waiting(world.conn, id_) for id_ in ids]
    assert ahead[0] is None
    assert [one and one.ahead for one in ahead[1:]] == [1, 3, 2, 0]
    assert ahead[1] == queries.Waiting(scope="tenant", limit=1, running=1, ahead=1)


async def test_how_busy_the_platform_is_is_told_as_of_when_the_run_was_queued(world: World) -> None:
    id_, platform = uuid4(), QueueReason(scope="platform", limit=1000, running=1000)
    await world.given(record(world, id_, queued(id_, reason=platform)))
    assert await queries.waiting(world.conn, id_) == queries.Waiting("platform", 1000, 1000, 0)
