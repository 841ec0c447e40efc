from datetime import timedelta

from contexts.billing.payment_facts import PaymentMethod
from contexts.billing.payment_looks import MOST_LOOKS
from contexts.billing.registry import REGISTRY
from schemas.billing import payments as p
from schemas.billing.payment_types import Outcome
from tests.support.builders import NOW
from tests.support.payments import (
    DUE_AT,
    LOOK_AT,
    OF,
    RECEIVABLE,
    TOTAL,
    begun,
    charge,
    entry,
    failed,
    prepared,
    request_payment,
    requested,
    succeeded,
    told,
)
from tests.support.spec import Spec

given = Spec(REGISTRY).given

METHOD = PaymentMethod("stripe", "cus_1", "pm_good")
ATTEMPT = p.AttemptPayment(**OF)
CHECK = p.CheckPayment(**OF)
LOOK = p.LookAtPayment(**OF)
UNDER_WAY = (requested(), begun(), prepared())
FAILED = (*UNDER_WAY, failed())


def outcome(attempt: int = 1, **said: object) -> p.RecordOutcome:
    return p.RecordOutcome(**OF, attempt=attempt, outcome=told(**said))  # type: ignore[arg-type]


def test_an_invoice_is_collected_at_once_where_there_is_a_payment_method() -> None:
    given().knowing(METHOD).when(request_payment()).then(requested(), begun())


def test_without_a_payment_method_the_money_is_waited_for() -> None:
    given().when(request_payment()).then(requested())
    given(requested()).when(CHECK).nothing()
    given(requested()).at(DUE_AT).when(CHECK).then(p.PaymentOverdue(**OF, amount=TOTAL))


def test_a_payment_is_requested_once() -> None:
    given(requested()).knowing(METHOD).when(request_payment()).nothing()


def test_the_first_name_the_provider_gave_an_attempt_counts() -> None:
    record = p.RecordPrepared(**OF, attempt=1, reference="pi_1")
    given(requested(), begun()).when(record).then(prepared())
    given(*UNDER_WAY).when(p.RecordPrepared(**OF, attempt=1, reference="pi_9")).nothing()
    given(*FAILED, begun(2)).when(record).nothing()
    given(requested(), begun(), succeeded()).when(record).nothing()


def test_money_that_arrived_is_posted_once() -> None:
    given(*UNDER_WAY).when(outcome(status="succeeded")).then(succeeded())
    given(*UNDER_WAY, succeeded()).when(outcome(status="succeeded")).nothing()


def test_a_failed_attempt_may_turn_out_to_have_succeeded() -> None:
    given(*FAILED).when(outcome(status="succeeded")).then(succeeded())


def test_what_was_written_off_and_came_after_all_makes_the_bad_debt_less() -> None:
    postings = entry("bad_debt", RECEIVABLE, TOTAL)
    written_off = p.PaymentWrittenOff(
        **OF, partner_id=None, amount=TOTAL, reason="bankrupt", postings=postings
    )
    recovered = succeeded(postings=entry("cash:stripe", "bad_debt", TOTAL))
    given(*FAILED, written_off).when(outcome(status="succeeded")).then(recovered)


def test_a_decline_fails_the_attempt_it_belongs_to() -> None:
    declined = outcome(status="failed", code="stripe.insufficient_funds")
    given(*UNDER_WAY).when(declined).then(failed())
    given(*FAILED).when(declined).nothing()
    given(*FAILED, begun(2)).when(declined).nothing()


def test_the_next_attempt_has_another_key_and_knows_the_one_before() -> None:
    given(*FAILED).knowing(METHOD).when(ATTEMPT).then(begun(2, earlier="pi_1"))
    assert charge(1).key != charge(2).key


def test_only_what_is_open_is_attempted() -> None:
    given().knowing(METHOD).when(ATTEMPT).refused("payment.not_found")
    given(*UNDER_WAY).knowing(METHOD).when(ATTEMPT).refused("payment.under_way")
    given(*UNDER_WAY, succeeded()).knowing(METHOD).when(ATTEMPT).refused("payment.ended")
    given(requested()).when(ATTEMPT).refused("payment.no_method")


def test_a_payment_method_that_is_not_to_be_tried_again_is_not() -> None:
    stolen = (*UNDER_WAY, failed(retryable=False))
    given(*stolen).knowing(METHOD).when(ATTEMPT).refused("payment.method_refused")
    other = PaymentMethod("stripe", "cus_1", "pm_new")
    given(*stolen).knowing(other).when(ATTEMPT).then(begun(2, earlier="pi_1", method="pm_new"))


def test_an_outcome_nobody_heard_of_is_asked_for_less_and_less_often() -> None:
    given(*UNDER_WAY).when(CHECK).nothing()
    look_at = LOOK_AT + timedelta(minutes=20)
    looked = p.PaymentLookedFor(charge=charge(reference="pi_1"), looks=1, look_at=look_at, open=True)
    given(*UNDER_WAY).at(LOOK_AT).when(CHECK).then(looked)
    given(*UNDER_WAY, looked).at(LOOK_AT).when(CHECK).nothing()


def test_an_outcome_is_not_asked_for_for_ever() -> None:
    last = p.PaymentLookedFor(charge=charge(reference="pi_1"), looks=MOST_LOOKS, look_at=NOW, open=True)
    message = "the provider never told what became of it"
    given(*UNDER_WAY, last).when(CHECK).then(failed(code="payment.outcome_unknown", message=message))


def test_what_the_provider_has_under_way_is_told_once() -> None:
    pending = p.PaymentPending(**OF, attempt=1, look_at=LOOK_AT)
    given(*UNDER_WAY).when(outcome(status="pending")).then(pending)
    given(*UNDER_WAY, pending).when(outcome(status="pending")).nothing()
    given(*UNDER_WAY, pending).when(outcome(status="succeeded")).then(succeeded())


def test_news_of_the_provider_lead_to_asking_it() -> None:
    given(*UNDER_WAY).when(LOOK).then(
        p.PaymentLookedFor(charge=charge(reference="pi_1"), looks=0, look_at=LOOK_AT, open=True)
    )
    given(*FAILED).when(LOOK).then(
        p.PaymentLookedFor(charge=charge(reference="pi_1"), looks=0, look_at=NOW, open=False)
    )


def test_where_nothing_can_be_news_nobody_is_asked() -> None:
    for history in ((), (requested(),), (*UNDER_WAY, succeeded())):
        given(*history).when(LOOK).nothing()


def test_an_outcome_of_nothing_is_not_found() -> None:
    unknown = p.RecordOutcome(**OF, attempt=1, outcome=Outcome(status="pending", reference=None))
    given().when(unknown).refused("payment.not_found")
