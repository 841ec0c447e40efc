from datetime import datetime, timedelta
from decimal import Decimal

from api.rows.payments import AccountRow
from projections.dunning import queries as dunning
from projections.payment_accounts import queries as accounts
from schemas.base import PLATFORM
from schemas.billing import dunning as d
from schemas.billing import payment_accounts as a
from schemas.billing import payments as p
from schemas.billing.dunning import STANDARD, DunningStep
from tests.projections.world import PARTNER, TENANT, World
from tests.support.payments import (
    DUE_AT,
    INVOICE_ID,
    REFUND_ID,
    TOTAL,
    begun,
    dunning_begun,
    entry,
    failed,
    prepared,
    requested,
    succeeded,
)

PAYMENT = f"payment-{INVOICE_ID}"
DUNNING = f"dunning-{TENANT}"
OF = {"tenant_id": TENANT, "invoice_id": INVOICE_ID}


def refunded(amount: str, left: str) -> p.PaymentRefunded:
    return p.PaymentRefunded(
        **OF,
        partner_id=PARTNER,
        refund_id=REFUND_ID,
        provider="stripe",
        reference="re_1",
        amount=Decimal(amount),
        left=Decimal(left),
        reason="mistake",
        postings=entry("a", "b", Decimal(amount)),
    )


async def test_a_payment_from_request_to_refund(world: World) -> None:
    story = [requested(), begun(), prepared(), failed(), begun(2), prepared(2), succeeded()]
    await world.given(world.record(PAYMENT, *story))
    await world.given(world.record(PAYMENT, refunded("20.50", "100.00")))
    [row] = await world.rows("payments")
    assert (row["status"], row["attempts"], row["reference"]) == ("succeeded", 2, "pi_1")
    assert (row["kept_usd"], row["tenant_id"], row["partner_id"]) == (Decimal(100), TENANT, PARTNER)
    await world.given(world.record(PAYMENT, refunded("100.00", "0")))
    [row] = await world.rows("payments")
    assert (row["status"], row["kept_usd"]) == ("refunded", 0)
    entries = await world.rows("payment_entries")
    assert [e["kind"] for e in entries] == ["attempt_failed", "payment", "refund", "refund"]
    assert entries[1]["postings"][0]["account"] == "cash:stripe"


async def test_twice_the_same_events_are_the_same_rows(world: World) -> None:
    payment = world.record(PAYMENT, requested(), begun(), prepared(), failed())
    taken = d.DunningStepTaken(**OF, step=0, action="retry", due_at=DUE_AT)
    events = [*payment, *world.record(DUNNING, dunning_begun(), taken)]
    await world.given(events)
    tables = ("payments", "payment_entries", "dunning_cases")
    before = await world.everything(*tables)
    await world.conn.execute("UPDATE projections SET position = 0")
    await world.given(events)
    assert await world.everything(*tables) == before


async def test_a_payment_that_ends_otherwise(world: World) -> None:
    cancelled = p.PaymentCancelled(**OF, reason="withdrawn")
    overdue = p.PaymentOverdue(**OF, amount=TOTAL)
    await world.given(world.record(PAYMENT, requested(), overdue))
    [row] = await world.rows("payments")
    assert (row["status"], row["code"]) == ("failed", "payment.overdue")
    await world.given(world.record(PAYMENT, cancelled))
    [row] = await world.rows("payments")
    assert (row["status"], row["message"]) == ("cancelled", "withdrawn")


async def test_how_a_tenant_pays(world: World) -> None:
    assert await accounts.get(world.conn, TENANT) == AccountRow()
    offered = a.PaymentMethodOffered(tenant_id=TENANT, provider="stripe", customer=None, method="pm_1")
    await world.given(world.record("payment_account-1", offered))
    assert await accounts.get(world.conn, TENANT) == AccountRow(offered="pm_1")
    no = a.PaymentMethodRefused(tenant_id=TENANT, method="pm_1", code="stripe.card_declined", message="No.")
    await world.given(world.record("payment_account-1", no))
    assert await accounts.get(world.conn, TENANT) == AccountRow(code="stripe.card_declined", message="No.")
    yes = a.PaymentAccountSet(tenant_id=TENANT, provider="stripe", customer="cus_1", method="pm_2")
    await world.given(world.record("payment_account-1", yes))
    assert await accounts.get(world.conn, TENANT) == AccountRow("stripe", "pm_2")
    by_hand = a.PaymentAccountSet(tenant_id=TENANT, provider="manual", customer="cus_1")
    await world.given(world.record("payment_account-1", by_hand))
    assert await accounts.get(world.conn, TENANT) == AccountRow()


async def test_where_dunning_stands(world: World) -> None:
    assert await dunning.standing(world.conn, TENANT) == dunning.Standing()
    level = d.DunningLevelChanged(tenant_id=TENANT, level="restricted")
    exempted = d.DunningExempted(tenant_id=TENANT, reason="audit", until=DUE_AT)
    await world.given(world.record(DUNNING, dunning_begun(), level, exempted))
    assert await dunning.standing(world.conn, TENANT) == dunning.Standing("restricted", DUE_AT, "audit")
    [case] = await dunning.of_tenant(world.conn, TENANT)
    assert (case.id, case.taken, len(case.steps)) == (INVOICE_ID, 0, 6)
    ended = d.DunningExemptionEnded(tenant_id=TENANT, reason="over")
    settled = d.DunningSettled(**OF, how="paid")
    await world.given(world.record(DUNNING, ended, settled))
    assert await dunning.standing(world.conn, TENANT) == dunning.Standing("restricted")
    assert await dunning.of_tenant(world.conn, TENANT) == []


async def test_what_is_unpaid_and_when_its_next_step_is_due(world: World) -> None:
    own = (DunningStep(after_days=3, action="suspend"),)
    schedule = d.DunningScheduleSet(partner_id=PARTNER, steps=own)
    await world.given(world.record(f"dunning_schedule-{PARTNER}", schedule, tenant=PLATFORM))
    await world.given(world.record(PAYMENT, requested()))
    [waiting] = await dunning.unpaid(world.conn)
    assert (waiting.steps, waiting.taken, waiting.due_at) == (own, 0, DUE_AT + timedelta(days=3))
    await world.given(world.record(PAYMENT, p.PaymentOverdue(**OF, amount=TOTAL)))
    due_at: datetime = DUE_AT + timedelta(days=2)
    await world.given(world.record(DUNNING, dunning_begun(due_at=due_at)))
    [case] = await dunning.unpaid(world.conn)
    assert (case.steps, case.due_at, case.amount) == (STANDARD, due_at, TOTAL)
    assert await dunning.schedule(world.conn, PARTNER) == own
