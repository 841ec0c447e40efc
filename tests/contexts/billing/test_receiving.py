"""What people say about payments: receipts, withdrawn invoices, bad debt, refunds."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from contexts.billing.registry import REGISTRY
from schemas.billing import payments as p
from tests.support.builders import NOW
from tests.support.payments import (
    LOOK_AT,
    OF,
    OWN,
    RECEIVABLE,
    REFUND_ID,
    TOTAL,
    begun,
    entry,
    failed,
    prepared,
    repayment,
    requested,
    succeeded,
    told,
)
from tests.support.spec import Spec

given = Spec(REGISTRY).given

RECEIPT = p.RecordReceipt(**OF, reference="bank 4711")
CANCEL = p.CancelPayment(**OF, reason="withdrawn")
WRITE_OFF = p.WriteOffPayment(**OF, reason="bankrupt")
REFUND = p.RefundPayment(**OF, refund_id=REFUND_ID, reason="A mistake of ours.")
NOTE = UUID(int=73)
OVERDUE = (requested(), p.PaymentOverdue(**OF, amount=TOTAL))
UNDER_WAY = (requested(), begun(), prepared())
FAILED = (*UNDER_WAY, failed())
PAID = (*UNDER_WAY, succeeded())
BY_HAND = succeeded(
    provider="manual", reference="bank 4711", postings=entry("cash:manual", RECEIVABLE, TOTAL)
)
WRITTEN_OFF = p.PaymentWrittenOff(
    **OWN, amount=TOTAL, reason="bankrupt", postings=entry("bad_debt", RECEIVABLE, TOTAL)
)


def refund_requested(amount: Decimal = TOTAL, refund_id: UUID = REFUND_ID) -> p.RefundRequested:
    return p.RefundRequested(repayment=repayment(amount=amount, refund_id=refund_id), look_at=LOOK_AT)


def refunded(amount: Decimal, left: Decimal) -> p.PaymentRefunded:
    return p.PaymentRefunded(
        **OWN,
        refund_id=REFUND_ID,
        provider="stripe",
        reference="re_1",
        amount=amount,
        left=left,
        reason="A mistake of ours.",
        postings=entry(RECEIVABLE, "cash:stripe", amount),
    )


def record(status: str, **said: object) -> p.RecordRefund:
    return p.RecordRefund(**OF, refund_id=REFUND_ID, outcome=told(status, **{"reference": "re_1", **said}))


def test_money_that_came_by_other_ways_is_recorded_once() -> None:
    for history in ((requested(),), OVERDUE, FAILED):
        given(*history).when(RECEIPT).then(BY_HAND)
    given(requested(), BY_HAND).when(RECEIPT).nothing()
    given(*PAID).when(RECEIPT).refused("payment.ended")


def test_while_the_provider_collects_nobody_interferes() -> None:
    for command in (RECEIPT, CANCEL, WRITE_OFF):
        given(*UNDER_WAY).when(command).refused("payment.under_way")


def test_a_withdrawn_invoice_is_not_collected() -> None:
    cancelled = p.PaymentCancelled(**OF, reason="withdrawn")
    given(*FAILED).when(CANCEL).then(cancelled)
    given(*FAILED, cancelled).when(CANCEL).nothing()
    given(*PAID).when(CANCEL).refused("payment.ended")


def credit(amount: str) -> p.ReducePayment:
    return p.ReducePayment(**OF, credit_note_id=NOTE, amount=Decimal(amount))


def reduced(by: str, amount: str) -> p.PaymentReduced:
    return p.PaymentReduced(**OF, credit_note_id=NOTE, by=Decimal(by), amount=Decimal(amount))


def test_what_a_credit_note_takes_back_is_not_collected() -> None:
    given(*FAILED).when(credit("20.50")).then(reduced("20.50", "100.00"))
    given(*FAILED, reduced("20.50", "100.00")).when(credit("20.50")).nothing()
    gone = p.PaymentCancelled(**OF, reason="All of it was credited.")
    given(*FAILED).when(credit("120.50")).then(reduced("120.50", "0.00"), gone)
    given(*PAID).when(credit("20.50")).nothing()
    hundred = succeeded(
        provider="manual",
        reference="bank 4711",
        amount=Decimal("100.00"),
        postings=entry("cash:manual", RECEIVABLE, Decimal("100.00")),
    )
    given(requested(), reduced("20.50", "100.00")).when(RECEIPT).then(hundred)


def test_what_is_being_collected_is_collected_as_it_is() -> None:
    given(*UNDER_WAY).when(credit("120.50")).then(reduced("120.50", "0.00"))
    credited = (*UNDER_WAY, reduced("120.50", "0.00"))
    came = p.RecordOutcome(**OF, attempt=1, outcome=told("succeeded"))
    given(*credited).when(came).then(succeeded())
    declined = p.RecordOutcome(**OF, attempt=1, outcome=told("failed", code="stripe.x"))
    given(*credited).when(declined).then(p.PaymentCancelled(**OF, reason="All of it was credited."))


def test_what_nobody_expects_any_more_becomes_bad_debt() -> None:
    given(*FAILED).when(WRITE_OFF).then(WRITTEN_OFF)
    given(*FAILED, WRITTEN_OFF).when(WRITE_OFF).nothing()
    recovered = succeeded(
        provider="manual", reference="bank 4711", postings=entry("cash:manual", "bad_debt", TOTAL)
    )
    given(*FAILED, WRITTEN_OFF).when(RECEIPT).then(recovered)


def test_without_an_amount_all_that_is_left_is_paid_back() -> None:
    given(*PAID).when(REFUND).then(refund_requested())
    part = refund_requested(Decimal("20.50"), UUID(int=9))
    given(*PAID, part).when(REFUND).then(refund_requested(Decimal("100.00")))


def test_a_refund_is_asked_for_once() -> None:
    given(*PAID, refund_requested()).when(REFUND).nothing()


def test_never_more_is_paid_back_than_came() -> None:
    given().when(REFUND).refused("payment.not_found")
    given(*FAILED).when(REFUND).refused("payment.not_paid")
    more = p.RefundPayment(**OF, refund_id=REFUND_ID, amount=Decimal("120.51"), reason="x")
    given(*PAID).when(more).refused("payment.refund_too_large")
    given(*PAID, refund_requested(refund_id=UUID(int=9))).when(REFUND).refused("payment.refund_too_large")


def test_a_refund_says_what_is_left() -> None:
    part = Decimal("20.50")
    given(*PAID, refund_requested(part)).when(record("succeeded")).then(refunded(part, Decimal("100.00")))
    given(*PAID, refund_requested()).when(record("succeeded")).then(refunded(TOTAL, Decimal("0.00")))
    done = (*PAID, refund_requested(), refunded(TOTAL, Decimal(0)))
    given(*done).when(record("succeeded")).nothing()


def test_what_a_failed_refund_was_for_can_be_paid_back_again() -> None:
    lost = p.RefundFailed(**OF, refund_id=REFUND_ID, amount=TOTAL, code="stripe.x", message="No.")
    given(*PAID, refund_requested()).when(record("failed", code="stripe.x", message="No.")).then(lost)
    again = p.RefundPayment(**OF, refund_id=UUID(int=9), reason="A mistake of ours.")
    given(*PAID, refund_requested(), lost).when(again).then(refund_requested(TOTAL, UUID(int=9)))


def test_news_of_the_provider_lead_to_asking_for_open_refunds() -> None:
    look = p.LookAtPayment(**OF)
    asked = p.RefundLookedFor(repayment=repayment(), looks=0, look_at=LOOK_AT)
    given(*PAID, refund_requested()).when(look).then(asked)
    given(*PAID, refund_requested(), refunded(TOTAL, Decimal(0))).when(look).nothing()


def test_a_refund_nobody_heard_of_is_asked_for_as_long_as_it_takes() -> None:
    check = p.CheckRefund(**OF, refund_id=REFUND_ID)
    given(*PAID, refund_requested()).when(check).nothing()
    late = NOW + timedelta(days=40)
    for looks, pause in ((0, timedelta(minutes=20)), (99, timedelta(days=1))):
        before = p.RefundLookedFor(repayment=repayment(), looks=looks, look_at=NOW)
        asked = p.RefundLookedFor(repayment=repayment(), looks=looks + 1, look_at=late + pause)
        given(*PAID, refund_requested(), before).at(late).when(check).then(asked)
