from decimal import Decimal

from projections.month_totals import bills
from schemas.billing.events import (
    CallReleased,
    PartnerTermsSet,
    PartnerTermsWithdrawn,
    SystemRateSet,
    SystemRateWithdrawn,
)
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef
from tests.projections import stories
from tests.projections.world import EPOCH, PARTNER, TENANT, World


async def test_a_settled_call_is_one_entry_with_its_three_amounts(world: World) -> None:
    call = stories.call()
    events = world.record(stories.ledger(), stories.authorized(call), stories.settled(call))
    await world.given(events)
    [row] = await world.rows("ledger_entries")
    amounts = (row["cost_usd"], row["price_usd"], row["commission_usd"])
    assert amounts == (Decimal("0.1"), Decimal("0.12"), Decimal("0.012"))
    assert (row["kind"], row["call_key"], row["job_id"]) == ("settle", call.key, call.execution_id)
    assert (row["tenant_id"], row["partner_id"], row["period"]) == (TENANT, PARTNER, "2026-09")
    assert (row["tokens_input"], row["tokens_output"], row["tokens_reasoning"]) == (10, 5, 2)
    assert row["postings"][0] == {"account": "tenant", "side": "debit", "amount": "0.12"}
    assert row["pricing"]["system_rate"]["rate_id"] == "r1"


async def test_a_quarantined_entry_says_what_could_not_be_placed(world: World) -> None:
    usage = Usage(input=10, output=5, images=2, audio_ms=1_500, unplaced=("video_tokens=5",))
    event = stories.settled(stories.call()).model_copy(update={"usage": usage, "quarantined": True})
    await world.given(world.record(stories.ledger(), event))
    [row] = await world.rows("ledger_entries")
    assert (row["quarantined"], row["unplaced"], row["images"], row["audio_ms"]) == (
        True,
        ["video_tokens=5"],
        2,
        1_500,
    )


async def test_a_call_written_off_is_an_entry_of_nothing(world: World) -> None:
    call = stories.call()
    events = [stories.authorized(call), stories.unknown(call), stories.written_off(call)]
    await world.given(world.record(stories.ledger(), *events))
    [row] = await world.rows("ledger_entries")
    assert (row["kind"], row["price_usd"], row["postings"]) == ("write_off", 0, [])
    assert await world.rows("holds", "call_key") == []


async def test_a_bill_is_the_sum_of_the_months_entries(world: World) -> None:
    first = world.record(stories.ledger(), *[stories.settled(stories.call()) for _ in range(3)])
    await world.given(first)
    call = stories.call()
    second = world.record(stories.ledger(), stories.settled(call, "1.5"), stories.written_off(stories.call()))
    await world.given(second)
    bill = await bills.get(world.conn, TENANT, "2026-09")
    assert (bill.calls, bill.price, bill.cost, bill.commission) == (
        4, Decimal("1.86"), Decimal("0.4"), Decimal("0.048"),
    )  # fmt: skip
    assert await bills.get(world.conn, TENANT, "2026-10") == bills.TenantBill()


async def test_a_bill_never_counts_an_event_twice(world: World) -> None:
    events = world.record(stories.ledger(), *[stories.settled(stories.call()) for _ in range(4)])
    await world.given(events[:2])
    await world.conn.execute("UPDATE projections SET position = 0")
    await world.given(events)
    bill = await bills.get(world.conn, TENANT, "2026-09")
    assert (bill.calls, bill.price) == (4, Decimal("0.48"))


async def test_a_hold_is_open_then_unknown_then_gone(world: World) -> None:
    call = stories.call()
    await world.given(world.record(stories.ledger(), stories.authorized(call, "0.7")))
    [hold] = await world.rows("holds")
    assert (hold["status"], hold["amount_usd"], hold["call_key"]) == ("open", Decimal("0.7"), call.key)
    await world.given(world.record(stories.ledger(), stories.unknown(call)))
    [hold] = await world.rows("holds")
    assert (hold["status"], hold["reason"]) == ("unknown", "worker died")
    await world.given(world.record(stories.ledger(), stories.settled(call)))
    assert await world.rows("holds") == []


async def test_a_released_call_leaves_no_hold_and_no_entry(world: World) -> None:
    call = stories.call()
    await world.given(world.record(stories.ledger(), stories.authorized(call), released(call)))
    assert await world.rows("holds") == await world.rows("ledger_entries") == []


def released(call: CallRef) -> CallReleased:
    return CallReleased(tenant_id=TENANT, call=call, reason="refused by the provider", usage=None)


async def test_rates_and_terms_keep_their_history(world: World) -> None:
    newer = stories.RATE.model_copy(update={"rate_id": "r2"})
    await world.given(world.record("rate_card-system", SystemRateSet(rate=stories.RATE)))
    await world.given(world.record("rate_card-system", SystemRateSet(rate=newer)))
    terms = PartnerTermsSet(partner_id=PARTNER, terms=stories.TERMS)
    await world.given(world.record(f"rate_card-{PARTNER}", terms))
    rates = await world.rows("system_rates")
    assert [(r["rate_id"], r["input"], r["effective_from"]) for r in rates] == [
        (id_, Decimal("0.5"), EPOCH) for id_ in ("r1", "r2")
    ]
    [row] = await world.rows("partner_terms")
    assert (row["partner_id"], row["price"]["markup_percent"]) == (PARTNER, "20")
    assert (row["for_tenant"], row["for_model"], row["set_by"]) == (None, None, "system:test")


async def test_what_was_withdrawn_is_told_with_who_did_it(world: World) -> None:
    await world.given(world.record("rate_card-system", SystemRateSet(rate=stories.RATE)))
    gone = SystemRateWithdrawn(model=stories.MODEL, rate_id="r1")
    terms = PartnerTermsSet(partner_id=PARTNER, terms=stories.TERMS)
    gone_too = PartnerTermsWithdrawn(partner_id=PARTNER, scope=stories.TERMS.scope, terms_id="t1")
    await world.given(world.record("rate_card-system", gone))
    await world.given(world.record(f"rate_card-{PARTNER}", terms, gone_too))
    for table in ("system_rates", "partner_terms"):
        [row] = await world.rows(table)
        assert row["withdrawn_by"] == row["set_by"]
        assert row["withdrawn_at"] is not None
