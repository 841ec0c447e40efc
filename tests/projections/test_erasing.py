"""A tenant's content is erased on Postgres: read models let go of it, and do not get it back."""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any
from uuid import UUID

import pytest

from bus.audit.reprojected import wrong_projections
from bus.content_table import TABLES, TenantContent
from infra.db.pools import ERASER, WORKER, async_pool
from infra.eventstore.erasing import ContentEraser
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.reading import events_after
from projections.kernel import ReadAfter
from projections.rebuild import rebuild
from projections.registry import PROJECTIONS
from schemas.tenancy.erasure import ErasureBegun, TenantErased
from tests.projections import stories
from tests.projections.world import OTHER_TENANT, TENANT, World

KEPT = tuple(table for one in PROJECTIONS if not one.content for table in one.tables)
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def world(own_world: World) -> World:
    """A rebuild changes the schema."""
    return own_world


@pytest.fixture
async def read_after(world: World) -> AsyncIterator[ReadAfter]:
    store = PostgresEventStore(world.url, pool_size=1)
    yield events_after(store)
    store.close()


async def erased(world: World) -> Mapping[str, int]:
    """Two tenants ran something and paid for it; of one the content goes."""
    await world.given(world.record(f"tenant-{TENANT}", ErasureBegun(tenant_id=TENANT)))
    for tenant in (TENANT, OTHER_TENANT):
        run, events = stories.run(world, tenant=tenant)
        await world.given(events)
        call = stories.call(run)
        paid = stories.authorized(call, tenant=tenant), stories.settled(call, tenant=tenant)
        await world.given(world.record(stories.ledger(tenant), *paid, tenant=tenant))
    await world.store()
    async with async_pool(world.url, WORKER) as pool, async_pool(world.url, ERASER) as eraser:
        return await TenantContent(pool, ContentEraser(eraser, no_letters), two_dead_letters).erase(TENANT)


async def no_letters(letters: Collection[UUID]) -> int:
    return 0


async def two_dead_letters(tenant_id: UUID) -> int:
    assert tenant_id == TENANT
    return 2


async def receipt(world: World, touched: Mapping[str, int]) -> None:
    told = world.record(f"tenant-{TENANT}", TenantErased(tenant_id=TENANT, touched=dict(touched)))
    await world.given(told)


def of(rows: Rows, tenant: Any) -> Rows:
    return {table: [row for row in found if row["tenant_id"] == tenant] for table, found in rows.items()}


async def test_rows_go_with_the_receipt_which_has_counted_them(world: World) -> None:
    touched = await erased(world)
    others = of(await world.everything(*TABLES), OTHER_TENANT)
    assert (touched["executions"], touched["execution_steps"], touched["events"]) == (1, 3, 8)
    assert touched["dead_letters"] == 2
    await receipt(world, touched)
    left = await world.everything(*TABLES)
    assert of(left, TENANT) == {table: [] for table in TABLES}
    assert of(left, OTHER_TENANT) == others


async def test_built_anew_money_is_the_same_and_content_stays_away(
    world: World, read_after: ReadAfter
) -> None:
    assert (await erased(world))["events"] == 8
    kept, others = await world.everything(*KEPT), of(await world.everything(*TABLES), OTHER_TENANT)
    for projection in PROJECTIONS:
        await rebuild(world.connect, projection, read_after)
    assert await world.everything(*KEPT) == kept
    assert of(await world.everything(*TABLES), OTHER_TENANT) == others
    assert of(await world.everything(*TABLES), TENANT) == {table: [] for table in TABLES}


async def test_the_auditors_find_nothing_wrong(world: World) -> None:
    await receipt(world, await erased(world))
    assert await wrong_projections(world.url) == []
