"""No row of a tenant is seen by another, whatever the table, and nothing is written from the edge."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection, sql

from infra.db.pools import API, async_pool
from infra.db.scope import Scope, scoped
from projections.registry import PROJECTIONS
from schemas.base import PLATFORM, PartnerId, TenantId
from schemas.billing.invoices import InvoiceRequested
from schemas.tenancy.partners import PartnerTenantAdded, PartnerTenantRemoved
from tests.projections import stories
from tests.projections.world import OTHER_PARTNER, OTHER_TENANT, PARTNER, TENANT, World
from tests.support.triggers import created, fired, webhook

TABLES = [table for projection in PROJECTIONS for table in projection.tables]
PHYSICAL = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
"""


async def two_tenants(world: World) -> None:
    await one_tenant(world, TENANT, PARTNER)
    await one_tenant(world, OTHER_TENANT, OTHER_PARTNER)


async def one_tenant(world: World, tenant: TenantId, partner: PartnerId) -> None:
    await world.given(stories.run(world, tenant=tenant, partner=partner)[1])
    call, held = stories.call(), stories.call()
    events = [stories.settled(call, tenant=tenant, partner=partner), stories.authorized(held, tenant=tenant)]
    recorded = world.record(stories.ledger(tenant), *events, tenant=tenant, partner=partner)
    await world.given(recorded)
    id_ = uuid4()
    set_up = [created(webhook(), trigger_id=id_), fired("d-1", trigger_id=id_, execution_id=uuid4())]
    await world.given(world.record(f"trigger-{id_}", *set_up, tenant=tenant, partner=partner))
    asked = InvoiceRequested(
        invoice_id=uuid4(), tenant_id=tenant, partner_id=partner, period="2026-09", price=Decimal(1)
    )
    await world.given(world.record(f"invoice-{asked.invoice_id}", asked, tenant=tenant, partner=partner))


async def owned(world: World, tenant: TenantId, partner: PartnerId) -> None:
    added = PartnerTenantAdded(partner_id=partner, tenant_id=tenant)
    await world.given(world.record(f"partner-{partner}", added, tenant=PLATFORM, partner=partner))


async def owners(world: World, scope: Scope, table: str) -> set[Any]:
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, scope) as conn:
        query = sql.SQL("SELECT DISTINCT tenant_id FROM {}").format(sql.Identifier(table))
        return {owner for (owner,) in await (await conn.execute(query)).fetchall()}


FILLED = (
    *("executions", "execution_steps", "ledger_entries", "holds", "timers"),
    *("triggers", "trigger_deliveries", "month_totals", "run_sources", "invoices"),
    "executions",
    "execution_steps",
    "step_attempts",
    "ledger_entries",
    "holds",
    "timers",
)


async def test_each_scope_sees_its_own_rows_only(world: World) -> None:
    await two_tenants(world)
    await owned(world, TENANT, PARTNER)
    await owned(world, OTHER_TENANT, OTHER_PARTNER)
    for table in FILLED:
        assert await owners(world, Scope(tenant_id=TENANT), table) == {TENANT}
        assert await owners(world, Scope(partner_id=OTHER_PARTNER), table) == {OTHER_TENANT}
        assert await owners(world, Scope(platform=True), table) == {TENANT, OTHER_TENANT}
        assert await owners(world, Scope(), table) == set()


async def test_a_tenant_that_was_given_away_is_seen_by_its_new_partner_and_its_entries_by_the_old(
    world: World,
) -> None:
    await two_tenants(world)
    await owned(world, TENANT, PARTNER)
    await owned(world, OTHER_TENANT, OTHER_PARTNER)
    gone = PartnerTenantRemoved(partner_id=PARTNER, tenant_id=TENANT)
    await world.given(world.record(f"partner-{PARTNER}", gone, tenant=PLATFORM, partner=PARTNER))
    await owned(world, TENANT, OTHER_PARTNER)
    old, new = Scope(partner_id=PARTNER), Scope(partner_id=OTHER_PARTNER)
    for table in ("executions", "execution_steps", "triggers", "timers"):
        assert await owners(world, old, table) == set()
        assert await owners(world, new, table) == {TENANT, OTHER_TENANT}
    for table in ("ledger_entries", "month_totals", "invoices"):
        assert await owners(world, old, table) == {TENANT}
        assert await owners(world, new, table) == {OTHER_TENANT}


async def test_a_scope_ends_with_its_transaction(world: World) -> None:
    await two_tenants(world)
    async with async_pool(world.url, API, 1, 1) as pool:
        async with scoped(pool, Scope(platform=True)) as conn:
            assert await count(conn, "executions") == 2
        async with pool.connection() as conn:
            assert await count(conn, "executions") == 0


async def count(conn: AsyncConnection[Any], table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    row = await (await conn.execute(query)).fetchone()
    assert row is not None
    return int(row[0])


async def test_every_table_with_a_tenant_is_protected(world: World) -> None:
    query = "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = ANY(%s)"
    tables = [name for (name,) in await (await world.conn.execute(PHYSICAL)).fetchall()]
    found = await (await world.conn.execute(query, (tables,))).fetchall()
    assert {name for name, protected in found if not protected} == set()
    policies = await world.conn.execute(
        "SELECT tablename, array_agg(policyname::text) FROM pg_policies GROUP BY 1"
    )
    by_table = dict(await policies.fetchall())
    assert set(tables) <= set(by_table)
    assert all({"api", "worker"} <= set(by_table[f"{table}_v1"]) for table in TABLES)


async def test_every_view_asks_the_policies_of_who_reads_it(world: World) -> None:
    query = "SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relname = ANY(%s)"
    found = dict(await (await world.conn.execute(query, (TABLES,))).fetchall())
    assert found == {table: ["security_invoker=true"] for table in TABLES}


COMMON = {"tenant_id": "NO", "partner_id": "YES", "created_at": "NO", "updated_at": "NO", "position": "NO"}


async def test_every_table_has_the_common_columns(world: World) -> None:
    query = "SELECT column_name, is_nullable FROM information_schema.columns WHERE table_name = %s"
    async with await world.connect() as owner:
        for table in TABLES:
            found = dict(await (await owner.execute(query, (f"{table}_v1",))).fetchall())
            assert {name: found.get(name) for name in COMMON} == COMMON, table


async def test_the_edge_cannot_write(world: World) -> None:
    conn = await world.connection("hb_api")
    await conn.execute("SELECT set_config('app.scope', 'platform', false)")
    for relation in [*TABLES, *(f"{table}_v1" for table in TABLES)]:
        for statement in ("DELETE FROM {}", "UPDATE {} SET position = 0", "INSERT INTO {} DEFAULT VALUES"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await conn.execute(sql.SQL(statement).format(sql.Identifier(relation)))


@pytest.mark.parametrize("statement", ["DELETE FROM", "TRUNCATE", "UPDATE"])
@pytest.mark.parametrize("role", ["hb_worker", "postgres"])
async def test_ledger_entries_stay_as_they_are(world: World, role: str, statement: str) -> None:
    await two_tenants(world)
    conn = await world.connection(role)
    change = f"{statement} ledger_entries_v1" + (" SET price_usd = 0" if statement == "UPDATE" else "")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await conn.execute(change.encode())
    assert len(await world.rows("ledger_entries")) == 2
