from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from projections.month_totals import drill_down, queries
from schemas.billing.corrections import AdjustmentPosted, EntryReversed, PeriodClosed
from schemas.billing.types import Posting
from tests.projections import stories
from tests.projections.world import EPOCH, OTHER_PARTNER, OTHER_TENANT, PARTNER, TENANT, World

MONTH = "2026-09"


async def test_entries_are_added_up_by_what_they_were_for(world: World) -> None:
    run = uuid4()
    await world.given(world.record(f"execution-{run}", stories.started(run)))
    calls = [stories.settled(stories.call(run, node)) for node in ("a", "b")]
    await world.given(world.record(stories.ledger(), *calls, stories.settled(stories.call())))
    rows = await queries.of_tenant(world.conn, TENANT, MONTH)
    told = [(row.source_kind, row.source_name, row.model, row.entries, row.tokens, row.price) for row in rows]
    assert told == [
        ("", "", stories.MODEL, 1, 17, Decimal("0.12")),
        ("workflow", "Greet", stories.MODEL, 2, 34, Decimal("0.24")),
    ]


async def test_a_run_and_its_calls_may_come_in_one_batch(world: World) -> None:
    run = uuid4()
    begun = world.record(f"execution-{run}", stories.started(run))
    settled = world.record(stories.ledger(), stories.settled(stories.call(run)))
    await world.given([*begun, *settled])
    [row] = await queries.of_tenant(world.conn, TENANT, MONTH)
    assert (row.source_id, row.entries) == (str(stories.WORKFLOW.id), 1)


async def test_nothing_is_added_twice(world: World) -> None:
    events = world.record(stories.ledger(), *[stories.settled(stories.call()) for _ in range(4)])
    await world.given(events[:2])
    await world.conn.execute("UPDATE projections SET position = 0")
    await world.given(events)
    [row] = await queries.of_tenant(world.conn, TENANT, MONTH)
    assert (row.entries, row.price) == (4, Decimal("0.48"))


async def test_corrections_are_rows_of_their_own(world: World) -> None:
    call = stories.call()
    await world.given(world.record(stories.ledger(), stories.settled(call), taken_back(call.key), credit()))
    rows = {row.kind: row for row in await queries.of_tenant(world.conn, TENANT, MONTH)}
    assert {kind: row.price for kind, row in rows.items()} == {
        "usage": Decimal("0.12"),
        "reversal": Decimal("-0.12"),
        "credit": Decimal(-5),
    }
    assert (rows["credit"].about_period, rows["credit"].posted_receivable) == ("2026-08", Decimal(-5))


async def test_the_seal_of_a_closed_month_is_kept(world: World) -> None:
    closed = PeriodClosed(
        tenant_id=TENANT, partner_id=PARTNER, period=MONTH, entries=3, last_version=9, **SUMS
    )
    await world.given(world.record(stories.ledger(), closed))
    [row] = await queries.closed(world.conn, MONTH)
    assert (row.tenant_id, row.entries, row.price) == (TENANT, 3, Decimal(2))


async def test_a_partner_is_told_of_its_own_tenants(world: World) -> None:
    for tenant, partner in ((TENANT, PARTNER), (OTHER_TENANT, OTHER_PARTNER)):
        entry = stories.settled(stories.call(), tenant=tenant, partner=partner)
        await world.given(world.record(stories.ledger(tenant), entry, tenant=tenant, partner=partner))
    assert [row.tenant_id for row in await queries.of_partner(world.conn, PARTNER, MONTH)] == [TENANT]
    assert len(await queries.of_all(world.conn, MONTH)) == 2
    assert await queries.of_all(world.conn, "2026-08") == []


SUMS: dict[str, Any] = {"cost": Decimal(1), "price": Decimal(2), "commission": Decimal("0.5")}


def taken_back(key: str) -> EntryReversed:
    place: dict[str, Any] = {"reversal_id": uuid4(), "period": MONTH, "about_period": MONTH, "ref": "l@1"}
    amounts = {"cost": Decimal("-0.1"), "price": Decimal("-0.12"), "commission": Decimal("-0.012")}
    return EntryReversed(
        tenant_id=TENANT, partner_id=PARTNER, entry=key, reason="twice", postings=(), **amounts, **place
    )


def credit() -> AdjustmentPosted:
    legs = (
        Posting(account=f"receivable:{TENANT}", side="credit", amount=Decimal(5)),
        Posting(account="revenue:platform", side="debit", amount=Decimal(5)),
    )
    return AdjustmentPosted(
        adjustment_id=UUID(int=3),
        tenant_id=TENANT,
        partner_id=PARTNER,
        period=MONTH,
        kind="credit",
        about_period="2026-08",
        reason="goodwill",
        cost=Decimal(0),
        price=Decimal(-5),
        commission=Decimal(0),
        postings=legs,
    )


async def test_a_month_can_be_taken_apart_again(world: World) -> None:
    run = uuid4()
    await world.given(world.record(f"execution-{run}", stories.started(run)))
    calls = [stories.settled(stories.call(run, node)) for node in ("a", "b")]
    await world.given(world.record(stories.ledger(), *calls, stories.settled(stories.call())))
    runs = await drill_down.runs(world.conn, TENANT, MONTH, 10)
    assert sorted((one.source_name, one.calls, one.price) for one in runs) == [
        ("", 1, Decimal("0.12")),
        ("Greet", 2, Decimal("0.24")),
    ]
    first = await drill_down.entries(world.conn, TENANT, MONTH, (EPOCH, UUID(int=0)), 2)
    after = (first[-1].recorded_at, first[-1].id)
    rest = await drill_down.entries(world.conn, TENANT, MONTH, after, 2)
    assert [one.node for one in (*first, *rest)] == ["a", "b", "ask"]
    assert first[0].ref == f"{stories.ledger()}@1"
