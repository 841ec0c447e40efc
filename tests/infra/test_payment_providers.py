"""One suite for every way to collect: the one in memory, Stripe's protocol, localstripe, and by hand."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.payments.manual import ManualPayments
from infra.payments.stripe import StripePayments
from schemas.base import TenantId
from schemas.billing.payment_errors import PaymentMethodError, ProviderUnavailable
from schemas.billing.payment_types import Charge, Outcome, Repayment
from tests.support import localstripe as local
from tests.support.fakes import payments as fake
from tests.support.localstripe import localstripe, make_card
from tests.support.stripe_server import StripeServer, stripe_server

KEY = "sk_test_x"
TENANT = TenantId(UUID(int=1))
AMOUNT = Decimal("12.34")


@dataclass
class Place:
    """A provider, and payment methods it collects from, declines when charged, and does not take."""

    provider: Any
    good: str
    declined: str
    refused: str
    collects: bool = True


@pytest.fixture(scope="module")
def localstripe_url() -> Iterator[str]:
    with localstripe() as url:
        yield url


@pytest.fixture(params=["memory", "stripe", "localstripe", "manual"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        match request.param:
            case "memory":
                yield Place(fake.FakePayments(), "pm_good", fake.DECLINED, fake.REFUSED)
            case "stripe":
                server = await stack.enter_async_context(stripe_server())
                server.declines = {"pm_declined": "insufficient_funds", "pm_refused": "refused"}
                yield Place(StripePayments(KEY, server.url), "pm_good", "pm_declined", "pm_refused")
            case "localstripe":
                url = request.getfixturevalue("localstripe_url")
                good, declined, refused = (
                    make_card(url, number) for number in (local.GOOD, local.DECLINED, local.REFUSED)
                )
                yield Place(StripePayments(KEY, url, confirm_with={}), good, declined, refused)
            case _:
                yield Place(ManualPayments(), "pm_x", "pm_x", "pm_x", collects=False)


async def charge(place: Place, method: str) -> Charge:
    customer = await place.provider.attach(TENANT, None, method)
    return Charge(
        tenant_id=TENANT,
        invoice_id=uuid4(),
        number="N-1",
        attempt=1,
        provider="stripe",
        customer=customer,
        method=method,
        amount=AMOUNT,
        currency="USD",
    )


async def paid(place: Place) -> Outcome:
    reference = await place.provider.prepare(await charge(place, place.good))
    outcome: Outcome = await place.provider.confirm(reference)
    return outcome


def repayment(payment: str, amount: str = "5.00", refund_id: UUID | None = None) -> Repayment:
    return Repayment(
        tenant_id=TENANT,
        invoice_id=UUID(int=2),
        refund_id=refund_id or uuid4(),
        provider="stripe",
        payment=payment,
        amount=Decimal(amount),
        currency="USD",
        reason="A mistake of ours.",
    )


async def test_who_a_tenant_is_stays_the_same(place: Place) -> None:
    customer = await place.provider.attach(TENANT, None, place.good)
    assert customer
    assert await place.provider.attach(TENANT, customer, place.good) == customer


async def test_what_is_prepared_moves_no_money(place: Place) -> None:
    reference = await place.provider.prepare(await charge(place, place.good))
    known = await place.provider.read(reference)
    assert known is None or known.status == "pending"


async def test_what_is_confirmed_can_be_read_and_is_the_same_again(place: Place) -> None:
    outcome = await paid(place)
    assert outcome.status == ("succeeded" if place.collects else "pending")
    assert await place.provider.read(outcome.reference) == outcome
    assert await place.provider.confirm(outcome.reference) == outcome


async def test_a_decline_is_an_answer_that_stays(place: Place) -> None:
    if not place.collects:
        pytest.skip("nobody declines what nobody collects")
    reference = await place.provider.prepare(await charge(place, place.declined))
    outcome = await place.provider.confirm(reference)
    assert (outcome.status, outcome.retryable) == ("failed", True)
    assert outcome.code.partition(".")[2] in ("insufficient_funds", "card_declined")
    assert (await place.provider.read(reference)).status == "failed"


async def test_a_payment_method_may_be_refused(place: Place) -> None:
    if not place.collects:
        pytest.skip("there is nothing to refuse")
    with pytest.raises(PaymentMethodError) as caught:
        await place.provider.attach(TENANT, None, place.refused)
    assert caught.value.code.endswith(".card_declined")


async def test_a_refund_is_made_once(place: Place) -> None:
    wanted = repayment(str((await paid(place)).reference))
    first, second = await place.provider.refund(wanted), await place.provider.refund(wanted)
    assert first.status == "succeeded"
    assert first == second


async def test_two_refunds_are_two(place: Place) -> None:
    payment = str((await paid(place)).reference)
    first, second = [await place.provider.refund(repayment(payment)) for _ in range(2)]
    assert first.reference != second.reference


@pytest.fixture
async def server() -> AsyncIterator[StripeServer]:
    async with stripe_server() as found:
        yield found


async def test_the_same_attempt_is_one_object_at_stripe_even_if_the_answer_is_lost(
    server: StripeServer,
) -> None:
    place = Place(StripePayments(KEY, server.url), "pm_good", "", "")
    wanted = await charge(place, "pm_good")
    server.lost = 1
    with pytest.raises(ProviderUnavailable):
        await place.provider.prepare(wanted)
    assert await place.provider.prepare(wanted) == await place.provider.prepare(wanted)
    (intent,) = server.of("payment_intent")
    assert intent["amount"] == "1234"
    assert intent["metadata"]["invoice_id"] == str(wanted.invoice_id)


async def test_what_stripe_does_not_take_is_told_at_once(server: StripeServer) -> None:
    place = Place(StripePayments(KEY, server.url), "", "", "")
    wanted = (await charge(place, "pm_good")).model_copy(update={"amount": Decimal("0.30")})
    outcome = await place.provider.prepare(wanted)
    assert (outcome.status, outcome.code) == ("failed", "stripe.amount_too_small")


async def test_a_lost_answer_is_read_from_the_object(server: StripeServer) -> None:
    place = Place(StripePayments(KEY, server.url), "pm_good", "", "")
    reference = await place.provider.prepare(await charge(place, "pm_good"))
    server.lost = 1
    with pytest.raises(ProviderUnavailable):
        await place.provider.confirm(reference)
    assert (await place.provider.read(reference)).status == "succeeded"


async def test_we_do_not_retry_by_ourselves(server: StripeServer) -> None:
    server.lost = 1
    with pytest.raises(ProviderUnavailable):
        await StripePayments(KEY, server.url).read("pi_x")
    assert server.asked == [("GET", "/v1/payment_intents/pi_x")]


async def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(ProviderUnavailable):
        await StripePayments(KEY, "http://127.0.0.1:9").read("pi_x")


@pytest.mark.parametrize("code", ["stolen_card", "expired_card", "do_not_try_again"])
async def test_some_declines_are_final(server: StripeServer, code: str) -> None:
    server.declines = {"pm_bad": code}
    place = Place(StripePayments(KEY, server.url), "", "", "")
    outcome = await place.provider.confirm(await place.provider.prepare(await charge(place, "pm_bad")))
    assert (outcome.code, outcome.retryable) == (f"stripe.{code}", False)


async def test_more_than_was_paid_is_not_paid_back(server: StripeServer) -> None:
    place = Place(StripePayments(KEY, server.url), "pm_good", "", "")
    outcome = await place.provider.refund(repayment(str((await paid(place)).reference), "99.00"))
    assert (outcome.status, outcome.code) == ("failed", "stripe.charge_already_refunded")
