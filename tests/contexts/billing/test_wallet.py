"""Prepaid credit: used soonest-expiring first, reserved with the call, never overdrawn."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from uuid import UUID

import pytest

from contexts.billing.facts import PostingFacts
from contexts.billing.postings import of_wallet
from contexts.billing.registry import REGISTRY
from contexts.billing.wallet import Wallet, WalletEvent, evolve
from schemas.billing.commands import ReleaseCall, ResolveHold, SettleCall
from schemas.billing.events import CallRefused, CallSettled, CallUnknown
from schemas.billing.types import Posting
from schemas.billing.wallets import (
    CreditCharged,
    CreditExpired,
    CreditReleased,
    CreditReserved,
    ExpireCredit,
    PaymentModeSet,
    SetPaymentMode,
    TopUpWallet,
    WalletToppedUp,
)
from schemas.execution.chat import Usage
from tests.support.builders import NOW, TENANT_ID
from tests.support.money import USAGE, authorize, authorized, call, knowing, settled
from tests.support.spec import Spec

given = Spec(REGISTRY).given

WALLET = f"wallet:{TENANT_ID}"
PREPAID = PaymentModeSet(tenant_id=TENANT_ID, mode="prepaid")
HOLD = authorized().hold
DAY = timedelta(days=1)


def topped_up(number: int, amount: str, expires_at: datetime | None = None) -> WalletToppedUp:
    legs = (
        Posting(account="cash:manual", side="debit", amount=Decimal(amount)),
        Posting(account=WALLET, side="credit", amount=Decimal(amount)),
    )
    who = {"tenant_id": TENANT_ID, "top_up_id": UUID(int=number), "source": "manual"}
    return WalletToppedUp(**who, amount=Decimal(amount), expires_at=expires_at, postings=legs)


def expired(number: int, amount: str) -> CreditExpired:
    legs = (
        Posting(account=WALLET, side="debit", amount=Decimal(amount)),
        Posting(account="breakage", side="credit", amount=Decimal(amount)),
    )
    return CreditExpired(
        tenant_id=TENANT_ID, top_up_id=UUID(int=number), amount=Decimal(amount), postings=legs
    )


def wallet(*events: WalletEvent) -> Wallet:
    return reduce(evolve, events, evolve(None, PREPAID))


def reserved() -> CreditReserved:
    return CreditReserved(tenant_id=TENANT_ID, entry=call().key, amount=HOLD)


def charged(amount: Decimal) -> CreditCharged:
    return CreditCharged(tenant_id=TENANT_ID, entry=call().key, hold=HOLD, amount=amount)


HELD = authorized(reserved=("credit",))
SETTLE = SettleCall(tenant_id=TENANT_ID, call=call(), usage=USAGE)


def test_a_top_up_is_cash_against_credit() -> None:
    command = TopUpWallet(tenant_id=TENANT_ID, top_up_id=UUID(int=1), amount=Decimal(50))
    given().when(command).then(topped_up(1, "50"))
    given(topped_up(1, "50")).when(command).nothing()
    late = command.model_copy(update={"expires_at": NOW})
    given().when(late).refused("billing.expires_in_the_past")


def test_who_pays_in_advance_or_later_is_said_once() -> None:
    command = SetPaymentMode(tenant_id=TENANT_ID, mode="prepaid")
    given().when(command).then(PREPAID)
    given(PREPAID).when(command).nothing()
    given().when(command.model_copy(update={"mode": "postpaid"})).nothing()


def test_what_expires_soonest_is_used_first() -> None:
    later = topped_up(1, "10", NOW + 9 * DAY)
    sooner = topped_up(2, "3", NOW + DAY)
    for_ever = topped_up(3, "5")
    used = evolve(evolve(wallet(later, for_ever, sooner), reserved()), charged(Decimal(4)))
    assert {block.id: block.left for block in used.blocks} == {
        UUID(int=1): Decimal(9),
        UUID(int=3): Decimal(5),
    }
    assert used.balance == 14


def test_credit_whose_time_is_up_is_gone() -> None:
    history = (PREPAID, topped_up(1, "3", NOW + DAY), topped_up(2, "5"))
    command = ExpireCredit(tenant_id=TENANT_ID)
    given(*history).when(command).nothing()
    given(*history).at(NOW + DAY).when(command).then(expired(1, "3"))
    given(*history, expired(1, "3")).at(NOW + DAY).when(command).nothing()


def test_what_is_reserved_expires_when_it_is_free_again() -> None:
    history = (PREPAID, topped_up(1, "0.02", NOW + DAY), reserved())
    command = ExpireCredit(tenant_id=TENANT_ID)
    given(*history).at(NOW + DAY).when(command).then(expired(1, "0.00635"))
    left = wallet(topped_up(1, "0.02", NOW + DAY), reserved(), expired(1, "0.00635"))
    outcome = given(HELD).at(NOW + DAY).knowing(PostingFacts(wallet=left)).when(SETTLE)
    assert outcome.events[1:] == (charged(settled().price), expired(1, "0.00780"))


def test_a_call_is_held_on_the_credit_in_the_same_decision() -> None:
    facts = knowing(credit=wallet(topped_up(1, "0.01365")))
    given().knowing(facts).when(authorize()).then(HELD, reserved())


def test_a_call_beyond_the_credit_is_refused_with_the_arithmetic() -> None:
    facts = knowing(credit=wallet(topped_up(1, "0.02"), reserved()))
    [refusal] = given(authorized("b")).knowing(facts).when(authorize()).events
    assert isinstance(refusal, CallRefused)
    assert (refusal.code, refusal.level) == ("billing.credit_exceeded", "credit")
    assert (refusal.budget, refusal.held, refusal.hold) == (Decimal("0.02"), HOLD, HOLD)
    assert [one.entry for one in refusal.in_the_way] == [call("b").key]


def test_expired_credit_pays_for_nothing_even_before_it_is_swept() -> None:
    facts = knowing(credit=wallet(topped_up(1, "5", NOW)))
    events = given().knowing(facts).when(authorize()).events
    assert events[0] == expired(1, "5")
    assert isinstance(events[1], CallRefused)


def test_a_settled_call_takes_its_price_from_the_credit() -> None:
    facts = PostingFacts(wallet=wallet(topped_up(1, "0.02"), reserved()))
    entry, taken = given(HELD).knowing(facts).when(SETTLE).events
    assert isinstance(entry, CallSettled)
    assert of_wallet(TENANT_ID, entry.postings) == entry.price
    assert taken == charged(entry.price)


def test_a_price_above_hold_and_credit_is_owed() -> None:
    """A provider that counts more than can be: the credit ends at nothing, the rest is receivable."""
    facts = PostingFacts(wallet=wallet(topped_up(1, "0.02"), reserved()))
    dear = SETTLE.model_copy(update={"usage": Usage(input=100_000, output=100)})
    entry, taken = given(HELD).knowing(facts).when(dear).events
    assert isinstance(entry, CallSettled)
    assert of_wallet(TENANT_ID, entry.postings) == Decimal("0.02")
    owed = next(leg.amount for leg in entry.postings if leg.account.startswith("receivable"))
    assert owed == entry.price - Decimal("0.02")
    assert taken == charged(Decimal("0.02"))


@pytest.mark.parametrize("how", ["released", "written off"])
def test_a_call_that_costs_nothing_frees_its_credit(how: str) -> None:
    facts = PostingFacts(wallet=wallet(topped_up(1, "0.02"), reserved()))
    lost = CallUnknown(tenant_id=TENANT_ID, call=call(), reason="worker.died", resolve_at=NOW)
    if how == "released":
        release = ReleaseCall(tenant_id=TENANT_ID, call=call(), reason="provider.overloaded", usage=None)
        outcome = given(HELD).knowing(facts).when(release)
    else:
        resolve = ResolveHold(tenant_id=TENANT_ID, call=call())
        outcome = given(HELD, lost).knowing(facts).when(resolve)
    assert outcome.events[1:] == (CreditReleased(tenant_id=TENANT_ID, entry=call().key, hold=HOLD),)


def test_a_call_held_before_the_tenant_paid_in_advance_is_owed() -> None:
    facts = PostingFacts(wallet=wallet(topped_up(1, "5")))
    [entry] = given(authorized()).knowing(facts).when(SETTLE).events
    assert entry == settled()
