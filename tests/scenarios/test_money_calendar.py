"""Three months of a tenant that pays, does not pay, and pays again."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from schemas.billing import dunning as d
from schemas.billing import payments as p
from schemas.envelope import Answer
from schemas.tenancy.commands import ReinstateTenant, SuspendTenant
from tests.support.builders import PARTNER_ID, TENANT_ID, app_admin, llm, partner_admin, workflow
from tests.support.fakes.payments import STOLEN
from tests.support.harness import Harness
from tests.support.payments import CARD, DAY, given_card, given_invoice, refund
from tests.support.story import accept, given_tenant, given_workflow, names, start, tenant_admin

TENANT = f"tenant-{TENANT_ID}"
DUNNING = f"dunning-{TENANT_ID}"


def given_customer(h: Harness) -> None:
    given_tenant(h)
    given_workflow(h, workflow(llm()))
    given_card(h)


def run_again(h: Harness) -> Answer:
    answer = h.submit(start(execution_id=uuid4()), as_=tenant_admin())
    h.run()
    return answer


def code(answer: Answer) -> str:
    return answer.refusal.code if answer.refusal else "accepted"


def words(h: Harness, invoice: UUID) -> list[str]:
    return names(h.events(f"payment-{invoice}"))


def steps(h: Harness) -> list[tuple[int, str]]:
    """What dunning did, and how many steps were taken before."""
    return [(e.step, e.action) for e in h.events(DUNNING) if isinstance(e, d.DunningStepTaken)]


def status(h: Harness) -> str:
    return str(h.state(TENANT).status)


def test_three_months_of_use_failure_and_return(h: Harness) -> None:
    given_customer(h)
    assert code(run_again(h)) == "accepted"
    first = given_invoice(h, period="2026-09")
    assert words(h, first)[-1] == "succeeded"
    h.advance(30 * DAY)

    h.payments.declined.add(CARD)
    second = given_invoice(h, period="2026-10")
    assert words(h, second)[-1] == "failed"
    for day, expected in ((21, "past_due"), (1, "past_due"), (0.1, "restricted"), (7, "suspended")):
        h.advance(day * DAY)
        assert status(h) == expected
        told = {"past_due": "accepted", "suspended": "tenancy.tenant_suspended"}
        assert code(run_again(h)) == told.get(expected, "tenancy.tenant_restricted")
    assert [action for _, action in steps(h)] == ["retry"] * 4 + ["restrict", "suspend"]
    assert words(h, second).count("failed") == 5

    h.payments.declined.clear()
    accept(h.submit(p.AttemptPayment(tenant_id=TENANT_ID, invoice_id=second), as_=tenant_admin()))
    h.run()
    assert (words(h, second)[-1], status(h)) == ("succeeded", "active")
    assert code(run_again(h)) == "accepted"
    third = given_invoice(h, period="2026-11")
    h.advance(30 * DAY)
    assert words(h, third)[-1] == "succeeded"
    assert h.payments.collected() == 3 * Decimal("120.50")


def test_a_card_that_works_again_ends_it_before_anybody_notices(h: Harness) -> None:
    given_customer(h)
    h.payments.declined.add(CARD)
    invoice = given_invoice(h)
    h.advance(3 * DAY)
    h.payments.declined.clear()
    h.advance(90 * DAY)
    assert [action for _, action in steps(h)] == ["retry", "retry"]
    assert words(h, invoice)[-1] == "succeeded"
    assert "restricted" not in names(h.events(TENANT))


def test_a_stolen_card_is_not_tried_again_and_a_new_one_pays(h: Harness) -> None:
    given_tenant(h)
    given_card(h, STOLEN)
    invoice = given_invoice(h)
    h.advance(25 * DAY)
    assert words(h, invoice).count("attempt_begun") == 1
    assert status(h) == "restricted"
    given_card(h)
    assert (words(h, invoice)[-1], status(h)) == ("succeeded", "active")


def test_who_pays_by_transfer_is_reminded_and_restricted_all_the_same(h: Harness) -> None:
    given_tenant(h)
    invoice = given_invoice(h)
    h.advance(13 * DAY)
    assert words(h, invoice) == ["requested"]
    h.advance(24 * DAY)
    assert status(h) == "restricted"
    receipt = p.RecordReceipt(tenant_id=TENANT_ID, invoice_id=invoice, reference="bank 4711")
    accept(h.submit(receipt, as_=app_admin()))
    h.run()
    assert (words(h, invoice)[-1], status(h)) == ("succeeded", "active")
    h.advance(90 * DAY)
    assert status(h) == "active"


def test_money_is_paid_back_in_parts(h: Harness) -> None:
    given_customer(h)
    invoice = given_invoice(h)
    for number, amount in enumerate(("20.50", None)):
        accept(h.submit(refund(invoice, number, amount), as_=app_admin()))
        h.run()
    paid_back = [e for e in h.events(f"payment-{invoice}") if isinstance(e, p.PaymentRefunded)]
    assert [(e.amount, e.left) for e in paid_back] == [
        (Decimal("20.50"), Decimal("100.00")),
        (Decimal("100.00"), Decimal("0.00")),
    ]
    refused = h.submit(refund(invoice, 2, "0.01"), as_=app_admin())
    assert code(refused) == "payment.refund_too_large"


def test_a_partner_leaves_and_its_tenants_last_invoice_is_still_collected(h: Harness) -> None:
    given_customer(h)
    h.payments.declined.add(CARD)
    invoice = given_invoice(h, period="2026-09")
    h.advance(25 * DAY)
    assert status(h) == "restricted"
    leaves = SuspendTenant(tenant_id=TENANT_ID, reason="The partner leaves.")
    accept(h.submit(leaves, as_=app_admin()))
    h.payments.declined.clear()
    accept(h.submit(p.AttemptPayment(tenant_id=TENANT_ID, invoice_id=invoice), as_=app_admin()))
    h.run()
    assert (words(h, invoice)[-1], status(h)) == ("succeeded", "suspended")
    assert h.state(TENANT).held == {"operator": "suspended"}
    accept(h.submit(ReinstateTenant(tenant_id=TENANT_ID, reason="Moved."), as_=app_admin()))
    assert status(h) == "active"


def test_an_exemption_lifts_what_was_done_and_ends_by_itself(h: Harness) -> None:
    given_customer(h)
    h.payments.declined.add(CARD)
    given_invoice(h)
    h.advance(25 * DAY)
    until = h.clock.now + timedelta(days=30)
    exempt = d.ExemptFromDunning(tenant_id=TENANT_ID, reason="audit", until=until)
    accept(h.submit(exempt, as_=partner_admin()))
    h.run()
    assert status(h) == "active"
    h.advance(29 * DAY)
    assert (status(h), len(steps(h))) == ("active", 5)
    h.advance(1.1 * DAY)
    assert status(h) == "suspended"


def test_a_partners_own_steps_hold_for_its_tenants(h: Harness) -> None:
    given_customer(h)
    own = (d.DunningStep(after_days=3, action="suspend"),)
    schedule = d.SetDunningSchedule(partner_id=PARTNER_ID, steps=own)
    accept(h.submit(schedule, as_=partner_admin()))
    h.payments.declined.add(CARD)
    given_invoice(h)
    h.advance(2 * DAY)
    assert status(h) == "past_due"
    h.advance(1.1 * DAY)
    assert status(h) == "suspended"


@pytest.mark.parametrize("seed", range(5))
def test_whatever_order_things_are_heard_in_the_tenant_ends_up_the_same(seed: int) -> None:
    h = Harness(seed)
    given_customer(h)
    h.payments.declined.add(CARD)
    invoice = given_invoice(h)
    h.advance(40 * DAY)
    assert status(h) == "suspended"
    h.payments.declined.clear()
    accept(h.submit(p.AttemptPayment(tenant_id=TENANT_ID, invoice_id=invoice), as_=tenant_admin()))
    h.run()
    assert status(h) == "active"
    assert words(h, invoice).count("succeeded") == 1
    assert h.payments.collected() == Decimal("120.50")
    assert h.timers.of(f"payment-{invoice}") == h.timers.of(DUNNING) == []
