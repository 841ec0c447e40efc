"""Reversals, adjustments, budgets, credit and closed months, as they are read."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncConnection

from contexts.billing.postings import inverse
from projections.budgets import queries as budgets
from projections.ledger_entries import queries as ledger_entries
from projections.ledger_entries import rerating
from projections.month_totals import bills
from projections.periods import queries as periods
from projections.wallets import queries as wallets
from schemas.base import PLATFORM, Event
from schemas.billing.corrections import AdjustmentPosted, EntryReversed, PeriodClosed
from schemas.billing.events import CallSettled
from schemas.billing.partner_budgets import BudgetReleased, BudgetReserved, BudgetSettled, PartnerBudgetSet
from schemas.billing.thresholds import BudgetThresholdReached, PartnerThresholdReached
from schemas.billing.wallets import (
    CreditCharged,
    CreditExpired,
    CreditReserved,
    PaymentModeSet,
    WalletToppedUp,
)
from schemas.execution.types import SourceRef
from schemas.tenancy.events import SourceBudgetSet, TenantBudgetSet
from schemas.tenancy.partners import PartnerTenantAdded
from tests.projections import stories
from tests.projections.world import EPOCH, PARTNER, TENANT, World
from tests.support.builders import tenant_provisioned

SOURCE = SourceRef(kind="workflow", id=UUID(int=60))
MONTH = "2026-09"
WALLET, SHARED = f"wallet-{TENANT}", f"partner_budget-{PARTNER}"
ID = UUID(int=70)


@pytest.fixture
async def api(world: World) -> AsyncConnection[Any]:
    """What everybody's platform sees."""
    conn = await world.connection("hb_api")
    await conn.execute("SELECT set_config('app.scope', 'platform', false)")
    return conn


def settled(price: str = "0.12", node: str = "ask") -> CallSettled:
    event = stories.settled(stories.call(node=node), price)
    return event.model_copy(update={"source": SOURCE})


def reversal(entry: CallSettled, version: int = 1, period: str = MONTH) -> EntryReversed:
    return EntryReversed(
        reversal_id=ID,
        tenant_id=TENANT,
        partner_id=PARTNER,
        period=period,
        about_period=MONTH,
        entry=entry.call.key,
        ref=f"{stories.ledger()}@{version}",
        reason="wrong",
        cost=-entry.cost,
        price=-entry.price,
        commission=-entry.commission,
        postings=inverse(entry.postings),
        call=entry.call,
        model=entry.model,
        source=entry.source,
    )


def credit(price: str = "-5", period: str = MONTH) -> AdjustmentPosted:
    return AdjustmentPosted(
        adjustment_id=ID,
        tenant_id=TENANT,
        partner_id=PARTNER,
        period=period,
        kind="credit",
        about_period=MONTH,
        reason="an outage",
        cost=Decimal(0),
        price=Decimal(price),
        commission=Decimal(0),
        postings=(),
    )


async def test_a_reversal_names_the_entry_it_takes_back(world: World, api: AsyncConnection[Any]) -> None:
    entry = settled()
    await world.given(world.record(stories.ledger(), entry, reversal(entry)))
    first, back = await world.rows("ledger_entries")
    assert (back["kind"], back["reverses"], back["reason"]) == ("reversal", first["id"], "wrong")
    assert (back["price_usd"], back["source_id"]) == (-first["price_usd"], SOURCE.id)
    sums = await ledger_entries.sums_of(api, entry.call.execution_id)
    assert (sums.entries, sums.price_usd) == (1, Decimal(0))
    [charge] = await ledger_entries.charges_of(api, entry.call.execution_id, ["ask"])
    assert charge.kind == "settle"


async def test_what_was_taken_back_is_not_reckoned_again(world: World, api: AsyncConnection[Any]) -> None:
    entry, kept = settled(), settled(node="kept")
    await world.given(world.record(stories.ledger(), entry, kept, reversal(entry)))
    [left] = await rerating.settled_after(api, MONTH, None, 0, 10)
    assert left.node == "kept"


async def test_a_bill_follows_corrections_and_its_lines_add_up_to_it(
    world: World, api: AsyncConnection[Any]
) -> None:
    entry = settled()
    events: list[Event] = [entry, settled("1.5"), reversal(entry), credit("-0.5")]
    await world.given(world.record(stories.ledger(), *events))
    bill = await bills.get(api, TENANT, MONTH)
    assert (bill.calls, bill.price) == (2, Decimal(1))
    lines = await ledger_entries.bill_lines(api, TENANT, MONTH)
    assert {line.model: line.price_usd for line in lines} == {
        stories.MODEL: Decimal("1.5"),
        "credit": Decimal("-0.5"),
    }


async def test_what_is_late_is_billed_in_the_month_it_is_posted_in(
    world: World, api: AsyncConnection[Any]
) -> None:
    entry = settled()
    await world.given(world.record(stories.ledger(), entry))
    await world.given(world.record(stories.ledger(period="2026-10"), reversal(entry, period="2026-10")))
    september, october = await bills.get(api, TENANT, MONTH), await bills.get(api, TENANT, "2026-10")
    assert (september.price, october.price) == (Decimal("0.12"), Decimal("-0.12"))
    row = (await world.rows("ledger_entries"))[-1]
    assert (row["period"], row["about_period"]) == ("2026-10", MONTH)


async def given_budgets(world: World) -> None:
    tenant_budget = TenantBudgetSet(tenant_id=TENANT, monthly_budget=Decimal(10))
    of_source = SourceBudgetSet(tenant_id=TENANT, source=SOURCE, monthly_budget=Decimal(2))
    await world.given(world.record(f"tenant-{TENANT}", of_source, tenant_budget))
    who: dict[str, Any] = {"partner_id": PARTNER, "tenant_id": TENANT, "period": MONTH, "entry": "x"}
    shared = [
        PartnerBudgetSet(partner_id=PARTNER, limit=Decimal(100)),
        BudgetReserved(**who, amount=Decimal(3)),
        BudgetReserved(**who, amount=Decimal(2)),
        BudgetReserved(**who, amount=Decimal(4)),
        BudgetSettled(**who, hold=Decimal(3), amount=Decimal(1)),
        BudgetReleased(**who, hold=Decimal(2)),
        PartnerThresholdReached(
            partner_id=PARTNER, period=MONTH, threshold=50, budget=Decimal(100), posted=Decimal(1)
        ),
    ]
    await world.given(world.record(SHARED, *shared, tenant=PLATFORM))
    alert = BudgetThresholdReached(
        tenant_id=TENANT,
        level="source",
        source=SOURCE,
        period=MONTH,
        threshold=50,
        budget=Decimal(2),
        posted=Decimal("1.5"),
    )
    held = stories.authorized(stories.call(node="held"), "0.25")
    ledger = [settled("1.5"), stories.settled(stories.call(node="b"), "0.5"), held, alert]
    await world.given(world.record(stories.ledger(), *ledger))


async def test_every_budget_says_how_full_it_is(world: World, api: AsyncConnection[Any]) -> None:
    await given_budgets(world)
    found = {budget.level: budget for budget in await budgets.list_page(api, MONTH)}
    figures = {level: (b.limit_usd, b.posted_usd, b.held_usd, b.reached) for level, b in found.items()}
    assert figures == {
        "partner": (Decimal(100), Decimal(1), Decimal(4), [50]),
        "source": (Decimal(2), Decimal("1.5"), Decimal(0), [50]),
        "tenant": (Decimal(10), Decimal(2), Decimal("0.25"), []),
    }
    assert found["source"].subject_id == SOURCE.id
    after = await budgets.list_page(api, MONTH, after=("partner", PARTNER))
    assert [budget.level for budget in after] == ["source", "tenant"]


async def test_a_budget_that_was_taken_away_is_not_there(world: World, api: AsyncConnection[Any]) -> None:
    await given_budgets(world)
    none = TenantBudgetSet(tenant_id=TENANT, monthly_budget=None)
    await world.given(world.record(f"tenant-{TENANT}", none))
    assert [b.level for b in await budgets.list_page(api, MONTH, tenant_id=TENANT)] == ["source"]


async def test_a_tenant_does_not_see_its_partners_budget(world: World) -> None:
    await given_budgets(world)
    added = PartnerTenantAdded(partner_id=PARTNER, tenant_id=TENANT)
    await world.given(world.record(f"partner-{PARTNER}", added, tenant=PLATFORM))
    conn = await world.connection("hb_api")
    await conn.execute("SELECT set_config('app.tenant_id', %s, false)", [str(TENANT)])
    assert {b.level for b in await budgets.list_page(conn, MONTH)} == {"tenant", "source"}
    await conn.execute("SELECT set_config('app.tenant_id', '', false)")
    await conn.execute("SELECT set_config('app.partner_id', %s, false)", [str(PARTNER)])
    assert {b.level for b in await budgets.list_page(conn, MONTH)} == {"partner", "tenant", "source"}


def credit_story() -> list[Event]:
    top_up = WalletToppedUp(
        tenant_id=TENANT,
        top_up_id=ID,
        amount=Decimal(50),
        expires_at=EPOCH + timedelta(days=365),
        source="manual",
        postings=(),
    )
    return [
        PaymentModeSet(tenant_id=TENANT, mode="prepaid"),
        top_up,
        CreditReserved(tenant_id=TENANT, entry="a", amount=Decimal(3)),
        CreditReserved(tenant_id=TENANT, entry="b", amount=Decimal(4)),
        CreditCharged(tenant_id=TENANT, entry="a", hold=Decimal(3), amount=Decimal(1)),
        CreditExpired(tenant_id=TENANT, top_up_id=ID, amount=Decimal(9), postings=()),
    ]


async def test_credit_is_what_is_left_and_what_is_reserved(world: World, api: AsyncConnection[Any]) -> None:
    await world.given(world.record(WALLET, *credit_story()))
    wallet = await wallets.get(api, TENANT)
    assert wallet is not None
    assert (wallet.mode, wallet.balance_usd, wallet.held_usd) == ("prepaid", Decimal(40), Decimal(4))
    [top_up] = await wallets.top_ups(api, TENANT)
    assert (top_up.amount_usd, top_up.source) == (Decimal(50), "manual")


async def test_a_closed_month_keeps_its_totals(world: World, api: AsyncConnection[Any]) -> None:
    closed = PeriodClosed(
        tenant_id=TENANT,
        partner_id=PARTNER,
        period=MONTH,
        entries=3,
        cost=Decimal(1),
        price=Decimal(2),
        commission=Decimal("0.2"),
        last_version=7,
    )
    provisioned = tenant_provisioned(tenant_id=TENANT, partner_id=PARTNER)
    await world.given(world.record(f"tenant-{TENANT}", provisioned))
    october = EPOCH + timedelta(days=30)
    [waiting] = await periods.still_open(api, MONTH, october, UUID(int=0), 10)
    assert waiting == (TENANT, PARTNER)
    assert [tuple(one) for one in await periods.status(api, october, 3)] == [(MONTH, 0, 1, 0)]
    await world.given(world.record(stories.ledger(), closed))
    assert await periods.still_open(api, MONTH, october, UUID(int=0), 10) == []
    assert [tuple(one) for one in await periods.status(api, october, 3)] == [(MONTH, 1, 0, 0)]
    [row] = await world.rows("periods")
    assert (row["period"], row["entries"], row["price_usd"], row["last_version"]) == (MONTH, 3, 2, 7)


@pytest.mark.parametrize("seed", range(4))
async def test_however_the_events_come_the_rows_are_the_same(world: World, seed: int) -> None:
    """In batches of any size, from any place again."""
    print(f"batches: seed {seed}")
    random, entry = Random(seed), settled()
    log = world.record(stories.ledger(), entry, reversal(entry), credit("-0.5"), settled("2"))
    log += world.record(WALLET, *credit_story())
    tables = ("ledger_entries", "month_totals", "budget_uses", "wallets", "top_ups")
    await world.given(log)
    at_once = await world.everything(*tables)
    recorded, world.log = world.log, []
    await world.clear()
    world.log = recorded
    for _ in range(3):
        start = 0
        await world.conn.execute("UPDATE projections SET position = 0")
        while start < len(log):
            size = random.randint(1, 4)
            await world.given(log[start : start + size])
            start += size
    assert await world.everything(*tables) == at_once
