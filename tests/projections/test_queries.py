import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection

from infra.db.pools import API, async_pool
from infra.db.scope import Scope, scoped
from projections.agents import queries as agents
from projections.executions import queries as executions
from projections.holds import queries as holds
from projections.ledger_entries import queries as ledger_entries
from projections.ledger_entries import rerating
from projections.members import queries as members
from projections.month_totals import bills
from projections.partners import queries as partners
from projections.position import wait_until
from projections.rate_cards import queries as rate_cards
from projections.tenants import queries as tenants
from projections.timers import queries as timers
from projections.timers.batch import SKEW
from projections.users import queries as users
from projections.workflows import queries as workflows
from schemas.billing.events import PartnerTermsSet, SystemRateSet, SystemRateWithdrawn
from tests.projections import stories, test_people
from tests.projections.world import EPOCH, PARTNER, TENANT, World


@pytest.fixture
async def api(world: World) -> AsyncIterator[AsyncConnection[Any]]:
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, Scope(platform=True)) as conn:
        yield conn


async def test_people_are_found(world: World, api: AsyncConnection[Any]) -> None:
    await test_people.test_a_partner_belongs_to_the_platform_and_to_itself(world)
    await test_people.test_a_tenants_status_follows_its_events(world)
    await test_people.given_ada(world)
    partner, tenant = await partners.get(api, PARTNER), await tenants.get(api, TENANT)
    assert partner is not None and partner.name == "Acme"
    assert tenant is not None and (tenant.status, tenant.status_reason) == ("suspended", "unpaid")
    assert [t.id for t in await tenants.list_page(api, partner_id=PARTNER)] == [TENANT]
    user = await users.by_email_index(api, test_people.ADMIN.email_index)
    assert user is not None and user.id == test_people.ADMIN.user_id
    assert await users.by_id(api, user.id) == user
    assert await users.by_id(api, uuid4()) is None
    assert [found.id for found in await users.list_page(api)] == [user.id]
    [place] = await members.of_user(api, user.id)
    assert (place.role, place.partner_id, place.tenant_id) == ("partner_admin", PARTNER, None)
    assert await members.get(api, PARTNER, user.id) == place
    assert await members.list_page(api, PARTNER) == [place]
    assert await members.list_page(api, TENANT) == []


async def test_agents_and_workflows_are_found(world: World, api: AsyncConnection[Any]) -> None:
    await test_people.test_an_agent_is_listed_with_its_model(world)
    await test_people.test_a_workflow_keeps_its_draft_beside_what_was_published(world)
    [summary] = await agents.list_page(api, tenant_id=TENANT)
    agent = await agents.get(api, summary.id)
    assert agent is not None and agent.definition["instructions"] == "Be brief."
    [listed] = await workflows.list_page(api)
    workflow = await workflows.get(api, listed.id)
    version = await workflows.version(api, listed.id, 1)
    assert workflow is not None and version is not None
    assert (workflow.published, workflow.hash) == (1, version.hash)
    assert (workflow.definition["output"], version.release["definition"]["output"]) == ("two", "one")
    assert await workflows.version(api, listed.id, 2) is None


async def test_pages_of_runs_join_without_gap_or_repetition(world: World, api: AsyncConnection[Any]) -> None:
    ids = [stories.run(world)[0] for _ in range(5)]
    await world.given(world.log)
    seen, before = [], None
    while rows := await executions.list_page(api, before, 2, tenant_id=TENANT, status="succeeded"):
        seen += [row.id for row in rows]
        before = (rows[-1].created_at, rows[-1].id)
    assert seen == ids[::-1]
    assert await executions.list_page(api, status="failed") == []


async def test_a_run_is_read_with_its_steps_in_order(world: World, api: AsyncConnection[Any]) -> None:
    id_, events = stories.run(world)
    await world.given(events)
    found = await executions.get(api, id_)
    assert found is not None
    execution, steps = found
    assert (execution.inputs, execution.output) == ({"who": "Ada"}, "hello")
    assert [step.node for step in steps] == ["a", "b", "c"]
    assert await executions.get(api, uuid4()) is None


async def test_money_is_found(world: World, api: AsyncConnection[Any]) -> None:
    call, held = stories.call(), stories.call()
    settled = [stories.settled(call), stories.settled(stories.call(call.execution_id, "again"))]
    await world.given(world.record(stories.ledger(), *settled, stories.authorized(held)))
    entries = await ledger_entries.list_page(
        api, tenant_id=TENANT, period="2026-09", job_id=call.execution_id
    )
    assert [entry.node for entry in entries] == ["again", "ask"]
    assert await ledger_entries.get(api, entries[0].id) == entries[0]
    sums = await ledger_entries.sums_of(api, call.execution_id)
    assert (sums.entries, sums.tokens, sums.price_usd) == (2, 34, Decimal("0.24"))
    bill = await bills.get(api, TENANT, "2026-09")
    assert bill.price == sums.price_usd
    [line] = await ledger_entries.bill_lines(api, TENANT, "2026-09")
    assert (line.model, line.calls, line.tokens, line.price_usd) == (stories.MODEL, 2, 34, bill.price)
    assert await holds.held(api, TENANT, "2026-09") == Decimal("0.5")
    assert [hold["call_key"] for hold in await world.rows("holds")] == [held.key]


async def test_a_periods_calls_are_read_in_the_order_they_were_settled_in(
    world: World, api: AsyncConnection[Any]
) -> None:
    events = [stories.settled(stories.call(node=node)) for node in ("a", "b", "c")]
    await world.given(world.record(stories.ledger(), *events, stories.written_off(stories.call())))
    first = await rerating.settled_after(api, "2026-09", None, 0, 2)
    rest = await rerating.settled_after(api, "2026-09", None, first[-1].position, 2)
    assert [entry.node for entry in (*first, *rest)] == ["a", "b", "c"]
    assert await rerating.settled_after(api, "2026-10", None, 0, 2) == []
    assert await rerating.settled_after(api, "2026-09", uuid4(), 0, 2) == []


async def test_the_newest_begun_rate_is_in_force(world: World, api: AsyncConnection[Any]) -> None:
    for number in (1, 2, 3):
        begins = EPOCH + timedelta(days=number)
        rate = stories.RATE.model_copy(update={"rate_id": f"r{number}", "effective_from": begins})
        await world.given(world.record("rate_card-system", SystemRateSet(rate=rate)))
    rates = await rate_cards.system_rates(api, EPOCH + timedelta(days=2, hours=1))
    assert [(rate.rate_id, rate.in_force) for rate in rates] == [("r3", False), ("r2", True), ("r1", False)]
    [now] = await rate_cards.system_rates(api, EPOCH + timedelta(days=2, hours=1), in_force=True)
    assert now.rate_id == "r2"
    terms = PartnerTermsSet(partner_id=PARTNER, terms=stories.TERMS)
    await world.given(world.record(f"rate_card-{PARTNER}", terms))
    [term] = await rate_cards.terms_of(api, PARTNER, EPOCH, in_force=True)
    assert term.in_force


async def test_what_was_withdrawn_is_never_in_force(world: World, api: AsyncConnection[Any]) -> None:
    later = stories.RATE.model_copy(update={"rate_id": "r2", "effective_from": EPOCH + timedelta(days=1)})
    gone = SystemRateWithdrawn(model=stories.MODEL, rate_id="r2")
    events = (SystemRateSet(rate=stories.RATE), SystemRateSet(rate=later), gone)
    await world.given(world.record("rate_card-system", *events))
    rates = await rate_cards.system_rates(api, EPOCH + timedelta(days=2))
    assert [(rate.rate_id, rate.in_force) for rate in rates] == [("r2", False), ("r1", True)]


async def test_due_timers_are_read_and_removed_once_fired(world: World) -> None:
    id_, events = stories.run(world)
    await world.given(events[:1])
    assert await timers.due(world.conn, stories.DEADLINE - timedelta(seconds=1), 10) == []
    [timer] = await timers.due(world.conn, stories.DEADLINE + SKEW, 10)
    assert (timer.name, timer.tenant_id) == (f"expire:{id_}", TENANT)
    await timers.fired(world.conn, [(timer.name, timer.due_at + timedelta(seconds=1))])
    assert await timers.due(world.conn, stories.DEADLINE + SKEW, 10) == [timer]
    await timers.fired(world.conn, [(timer.name, timer.due_at)])
    assert await timers.due(world.conn, stories.DEADLINE + SKEW, 10) == []


async def test_a_reader_waits_until_its_write_is_there(world: World) -> None:
    _, events = stories.run(world)
    position = events[-1].position
    async with async_pool(world.url, API, 1, 2) as pool:
        assert not await wait_until(pool, ["executions"], position, 0.05)
        waiting = asyncio.create_task(wait_until(pool, ["executions", "timers"], position, 5))
        await world.given(events)
        assert await waiting


async def test_nobody_waits_for_a_stopped_projection(world: World) -> None:
    await world.conn.execute("UPDATE projections SET status = 'stopped' WHERE name = 'executions'")
    async with async_pool(world.url, API, 1, 2) as pool, asyncio.timeout(20):
        assert not await wait_until(pool, ["executions"], 10, 60)
