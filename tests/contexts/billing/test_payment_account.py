from contexts.billing.registry import REGISTRY
from schemas.billing import payment_accounts as a
from tests.support.builders import TENANT_ID
from tests.support.spec import Spec

given = Spec(REGISTRY).given

OFFER = a.SetPaymentMethod(tenant_id=TENANT_ID, provider="stripe", method="pm_1")
BY_HAND = a.SetPaymentMethod(tenant_id=TENANT_ID, provider="manual")
OFFERED = a.PaymentMethodOffered(tenant_id=TENANT_ID, provider="stripe", customer=None, method="pm_1")
SET = a.PaymentAccountSet(tenant_id=TENANT_ID, provider="stripe", customer="cus_1", method="pm_1")
NO = {"tenant_id": TENANT_ID, "method": "pm_1", "code": "stripe.card_declined", "message": "Declined."}
CONFIRM = a.ConfirmPaymentMethod(tenant_id=TENANT_ID, customer="cus_1", method="pm_1")
REFUSE = a.RefusePaymentMethod(**NO)


def test_a_payment_method_counts_when_the_provider_took_it() -> None:
    given().when(OFFER).then(OFFERED)
    given(OFFERED).when(CONFIRM).then(SET)
    given(OFFERED, SET).when(CONFIRM).nothing()


def test_the_same_one_is_not_offered_twice() -> None:
    given(OFFERED).when(OFFER).nothing()
    given(OFFERED, SET).when(OFFER).nothing()


def test_a_refused_one_changes_nothing_and_may_be_offered_again() -> None:
    refused = a.PaymentMethodRefused(**NO)
    given(OFFERED).when(REFUSE).then(refused)
    given(OFFERED, refused).when(REFUSE).nothing()
    given(OFFERED, refused).when(OFFER).then(OFFERED)


def test_the_last_one_offered_counts() -> None:
    newer = OFFERED.model_copy(update={"method": "pm_2"})
    for late in (CONFIRM, REFUSE):
        given(OFFERED, newer).when(late).nothing()


def test_the_tenant_stays_the_same_customer() -> None:
    other = a.SetPaymentMethod(tenant_id=TENANT_ID, provider="stripe", method="pm_2")
    offered = OFFERED.model_copy(update={"method": "pm_2", "customer": "cus_1"})
    by_hand = a.PaymentAccountSet(tenant_id=TENANT_ID, provider="manual", customer="cus_1")
    given(OFFERED, SET).when(other).then(offered)
    given(OFFERED, SET).when(BY_HAND).then(by_hand)
    given(OFFERED, SET, by_hand).when(BY_HAND).nothing()
    given(OFFERED, SET, by_hand).when(other).then(offered)


def test_a_provider_that_collects_needs_something_to_collect_from() -> None:
    given().when(a.SetPaymentMethod(tenant_id=TENANT_ID, provider="stripe")).refused("payment.method_missing")
