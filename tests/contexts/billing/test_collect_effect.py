"""Collecting against a provider in memory: what is told, what is kept to itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from contexts.billing.effects.attach_method import attach_method
from contexts.billing.effects.collect import collect, look, prepare
from contexts.billing.effects.refund import refund
from contexts.billing.payment_ports import PaymentProvider
from schemas.billing import payment_accounts as a
from schemas.billing import payments as p
from schemas.billing.payment_accounts import ProviderName
from schemas.billing.payment_types import Outcome
from tests.support.builders import TENANT_ID, recorded
from tests.support.fakes.payments import REFUSED, FakePayments
from tests.support.payments import LOOK_AT, OF, REFUND_ID, TOTAL, begun, charge, prepared, repayment

NOT_SET_UP = "payment.provider_not_set_up"
OFFER = a.PaymentMethodOffered(tenant_id=TENANT_ID, provider="stripe", customer=None, method="pm_1")
REFERENCE = f"pi_{charge().key}"


@dataclass(frozen=True)
class Providers:
    providers: Mapping[ProviderName, PaymentProvider]


@pytest.fixture
def provider() -> FakePayments:
    return FakePayments()


@pytest.fixture
def ports(provider: FakePayments) -> Providers:
    return Providers({"stripe": provider})


def known(attempt: int = 1, **changes: Any) -> p.PaymentPrepared:
    return prepared(attempt).model_copy(
        update={"charge": charge(attempt, reference=f"pi_{charge(attempt).key}", **changes)}
    )


def looked_for(reference: str | None, may_begin: bool) -> p.PaymentLookedFor:
    return p.PaymentLookedFor(charge=charge(reference=reference), looks=1, look_at=LOOK_AT, open=may_begin)


def record(status: str, reference: str | None = REFERENCE, attempt: int = 1) -> p.RecordOutcome:
    outcome = Outcome.model_validate({"status": status, "reference": reference})
    return p.RecordOutcome(**OF, attempt=attempt, outcome=outcome)


async def test_first_a_name_then_the_money(provider: FakePayments, ports: Providers) -> None:
    told = await prepare(begun(), recorded(begun()), ports)
    assert told == [p.RecordPrepared(**OF, attempt=1, reference=REFERENCE)]
    assert provider.collected() == 0
    assert await collect(known(), recorded(known()), ports) == [record("succeeded")]
    assert await collect(known(), recorded(known()), ports) == [record("succeeded")]
    assert provider.collected() == TOTAL


async def test_without_an_answer_nothing_is_told(provider: FakePayments, ports: Providers) -> None:
    await provider.prepare(charge())
    provider.down = True
    asked = looked_for(REFERENCE, True)
    assert await prepare(begun(), recorded(begun()), ports) == []
    assert await collect(known(), recorded(known()), ports) == []
    assert await look(asked, recorded(asked), ports) == []


async def test_looking_begins_only_what_is_open(provider: FakePayments, ports: Providers) -> None:
    ended, never = looked_for(REFERENCE, False), looked_for(None, False)
    assert await look(never, recorded(never), ports) == []
    await provider.prepare(charge())
    assert await look(ended, recorded(ended), ports) == []
    assert provider.collected() == 0
    still_open = looked_for(REFERENCE, True)
    assert await look(still_open, recorded(still_open), ports) == [record("succeeded")]


async def test_an_earlier_attempt_that_succeeded_pays(provider: FakePayments, ports: Providers) -> None:
    for attempt in (1, 2):
        await provider.prepare(charge(attempt))
    provider.settle(REFERENCE)
    second = known(2, earlier=REFERENCE)
    assert await collect(second, recorded(second), ports) == [record("succeeded", attempt=2)]
    assert provider.collected() == TOTAL


async def test_a_provider_that_is_not_set_up_fails_everything_clearly() -> None:
    nobody = Providers({})
    [failed] = await prepare(begun(), recorded(begun()), nobody)
    assert isinstance(failed, p.RecordOutcome) and failed.outcome.code == NOT_SET_UP
    [refused] = await attach_method(OFFER, recorded(OFFER), nobody)
    assert isinstance(refused, a.RefusePaymentMethod) and refused.code == NOT_SET_UP
    event = p.RefundRequested(repayment=repayment(), look_at=LOOK_AT)
    [lost] = await refund(event, recorded(event), nobody)
    assert isinstance(lost, p.RecordRefund) and lost.outcome.code == NOT_SET_UP


async def test_a_payment_method_is_taken_refused_or_not_heard_of(
    provider: FakePayments, ports: Providers
) -> None:
    customer = f"cus_{TENANT_ID}"
    taken = a.ConfirmPaymentMethod(tenant_id=TENANT_ID, customer=customer, method="pm_1")
    assert await attach_method(OFFER, recorded(OFFER), ports) == [taken]
    bad = OFFER.model_copy(update={"method": REFUSED})
    [refused] = await attach_method(bad, recorded(bad), ports)
    assert isinstance(refused, a.RefusePaymentMethod) and refused.code == "fake.card_declined"
    provider.down = True
    [unheard] = await attach_method(OFFER, recorded(OFFER), ports)
    assert isinstance(unheard, a.RefusePaymentMethod) and unheard.code == "payment.provider_unavailable"


async def test_a_refund_is_told_when_it_is_certain(provider: FakePayments, ports: Providers) -> None:
    await provider.prepare(charge())
    await provider.confirm(REFERENCE)
    wanted = repayment(payment=REFERENCE, amount=Decimal("20.50"))
    event = p.RefundRequested(repayment=wanted, look_at=LOOK_AT)
    provider.down = True
    assert await refund(event, recorded(event), ports) == []
    provider.down = False
    first, again = [await refund(event, recorded(event), ports) for _ in range(2)]
    done = Outcome(status="succeeded", reference=f"re_{REFUND_ID}")
    assert first == again == [p.RecordRefund(**OF, refund_id=REFUND_ID, outcome=done)]
