"""Reversals and adjustments: entries never change, and every correction adds up."""

from datetime import timedelta
from decimal import Decimal
from functools import reduce
from typing import Any
from uuid import UUID

import pytest

from contexts.billing.facts import Limits, PostingFacts
from contexts.billing.ledger import EMPTY, evolve
from contexts.billing.partner_budget import PartnerBudget
from contexts.billing.postings import signed
from contexts.billing.registry import REGISTRY
from contexts.billing.wallet import Block, Wallet
from schemas.base import Event
from schemas.billing.corrections import (
    AdjustmentPosted,
    EntryReversed,
    PeriodClosed,
    PostAdjustment,
    ReverseEntry,
)
from schemas.billing.events import CallReleased, CallSettled
from schemas.billing.partner_budgets import BudgetSettled
from schemas.billing.types import Posting
from schemas.billing.wallets import CreditCharged, CreditReturned
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.money import authorized, call, settled
from tests.support.spec import Outcome, Spec

given = Spec(REGISTRY).given

ID = UUID(int=70)
LEDGER = f"ledger-{TENANT_ID}-2026-09"
REVERSE = ReverseEntry(
    reversal_id=UUID(int=72),
    tenant_id=TENANT_ID,
    period="2026-09",
    version=2,
    reason="answered in the wrong language",
)
CREDIT = PostAdjustment(
    adjustment_id=ID,
    tenant_id=TENANT_ID,
    period="2026-09",
    kind="credit",
    reason="an outage",
    price=Decimal("-0.005"),
)
CLOSED = PeriodClosed(
    tenant_id=TENANT_ID,
    partner_id=PARTNER_ID,
    period="2026-09",
    entries=1,
    cost=settled().cost,
    price=settled().price,
    commission=settled().commission,
    last_version=2,
)
LATER = NOW + timedelta(days=20)
CENT = Decimal("0.01")
IN_ADVANCE = Wallet("prepaid", (Block(UUID(int=1), CENT, NOW + timedelta(days=400)),), CENT)


def about(entry: Event | None, **more: Any) -> PostingFacts:
    return PostingFacts(entry=entry, **more)


def the(outcome: Outcome, kind: type[Any]) -> Any:
    [event] = [event for event in outcome.events if isinstance(event, kind)]
    return event


def balance(*entries: CallSettled | EntryReversed | AdjustmentPosted) -> dict[str, Decimal]:
    """What is left on each account."""
    sums: dict[str, Decimal] = {}
    for leg in (leg for entry in entries for leg in entry.postings):
        sums[leg.account] = sums.get(leg.account, Decimal(0)) + signed(leg)
    return {account: amount for account, amount in sums.items() if amount}


def test_a_reversal_is_the_exact_inverse() -> None:
    outcome = given(authorized(), settled()).knowing(about(settled())).when(REVERSE)
    back = the(outcome, EntryReversed)
    assert (back.cost, back.price, back.commission) == (
        -settled().cost,
        -settled().price,
        -settled().commission,
    )
    assert balance(settled(), back) == {}
    assert (back.entry, back.ref, back.reason) == (call().key, f"{LEDGER}@2", REVERSE.reason)
    assert (back.period, back.about_period) == ("2026-09", "2026-09")


def test_an_entry_is_reversed_once_for_ever() -> None:
    """The claim is on the entry, its owner this one reversal: whoever comes second is refused the name."""
    mine = the(given(authorized(), settled()).knowing(about(settled())).when(REVERSE), EntryReversed)
    theirs = mine.model_copy(update={"reversal_id": UUID(int=73)})
    [first], [second] = mine.claims(), theirs.claims()
    assert first[:2] == second[:2]
    assert first.owner != second.owner
    given(authorized(), settled(), mine).knowing(about(settled())).when(REVERSE).nothing()


def test_an_entry_of_a_closed_month_is_reversed_in_the_open_one() -> None:
    facts = about(settled(), months={"2026-10": EMPTY})
    outcome = given(authorized(), settled(), CLOSED).knowing(facts).at(LATER).when(REVERSE)
    back = the(outcome, EntryReversed)
    assert (back.period, back.about_period) == ("2026-10", "2026-09")
    assert back.stream_id(LEDGER) == f"ledger-{TENANT_ID}-2026-10"


def test_what_is_no_entry_is_not_reversed() -> None:
    released = CallReleased(tenant_id=TENANT_ID, call=call(), reason="provider.overloaded", usage=None)
    given(authorized()).knowing(about(None)).when(REVERSE).refused("billing.entry_not_found")
    given(authorized()).knowing(about(released)).when(REVERSE).refused("billing.not_reversible")


def test_an_adjustment_can_be_reversed_too() -> None:
    posted = the(given().when(CREDIT), AdjustmentPosted)
    back = the(given(posted).knowing(about(posted)).when(REVERSE), EntryReversed)
    assert back.entry == str(ID)
    assert balance(posted, back) == {}


def test_a_credit_is_posted_to_what_the_tenant_owes() -> None:
    posted = the(given().when(CREDIT), AdjustmentPosted)
    assert posted.postings == (
        Posting(account=f"receivable:{TENANT_ID}", side="credit", amount=Decimal("0.005")),
        Posting(account="revenue:platform", side="debit", amount=Decimal("0.005")),
    )
    assert (posted.period, posted.about_period, posted.partner_id) == ("2026-09", "2026-09", PARTNER_ID)
    given(posted).when(CREDIT).nothing()


def test_an_adjusted_cost_is_owed_to_somebody() -> None:
    cost = CREDIT.model_copy(update={"price": Decimal(0), "cost": Decimal(2)})
    given().when(cost).refused("billing.provider_missing")
    posted = the(given().when(cost.model_copy(update={"provider": "openai"})), AdjustmentPosted)
    assert balance(posted) == {"cogs:openai": Decimal(2), "payable:openai": Decimal(-2)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": Decimal(0)}, "billing.nothing_to_post"),
        ({"period": "2026-10"}, "billing.period_not_begun"),
        ({"about_period": "2026-12"}, "billing.period_not_begun"),
    ],
)
def test_what_says_nothing_or_comes_too_early_is_no_adjustment(changes: dict[str, Any], code: str) -> None:
    given().when(CREDIT.model_copy(update=changes)).refused(code)


def test_a_closed_month_takes_no_adjustment() -> None:
    given(authorized(), settled(), CLOSED).at(LATER).when(CREDIT).refused("billing.period_closed")
    about_it = CREDIT.model_copy(update={"period": "2026-10", "about_period": "2026-09"})
    posted = the(given().at(LATER).when(about_it), AdjustmentPosted)
    assert (posted.period, posted.about_period) == ("2026-10", "2026-09")


def test_who_pays_in_advance_gets_credit_back() -> None:
    outcome = given().knowing(about(None, wallet=IN_ADVANCE)).when(CREDIT)
    assert balance(the(outcome, AdjustmentPosted))[f"wallet:{TENANT_ID}"] == Decimal("-0.005")
    assert the(outcome, CreditReturned).amount == Decimal("0.005")


def test_a_charge_beyond_the_credit_is_owed() -> None:
    charge = CREDIT.model_copy(update={"kind": "minimum", "price": Decimal("0.05")})
    outcome = given().knowing(about(None, wallet=IN_ADVANCE)).when(charge)
    accounts = balance(the(outcome, AdjustmentPosted))
    assert accounts[f"wallet:{TENANT_ID}"] == the(outcome, CreditCharged).amount == Decimal("0.01")
    assert accounts[f"receivable:{TENANT_ID}"] == Decimal("0.04")


def test_credit_that_was_spent_is_not_taken_back() -> None:
    facts = about(None, wallet=IN_ADVANCE)
    given_back = the(given().knowing(facts).when(CREDIT), AdjustmentPosted)
    empty = Wallet("prepaid")
    outcome = given(given_back).knowing(about(given_back, wallet=empty)).when(REVERSE)
    outcome.refused("billing.credit_exceeded")


def test_corrections_count_for_the_partners_budget() -> None:
    limits = Limits(partner=PartnerBudget(limit=Decimal(10)))
    outcome = given(authorized(), settled()).knowing(about(settled(), limits=limits)).when(REVERSE)
    assert the(outcome, BudgetSettled).amount == -settled().price
    outcome = given().knowing(about(None, limits=limits)).when(CREDIT)
    assert the(outcome, BudgetSettled).amount == CREDIT.price


def test_a_reversal_makes_room_in_the_budget() -> None:
    back = the(given(authorized(), settled()).knowing(about(settled())).when(REVERSE), EntryReversed)
    ledger = reduce(evolve, (authorized(), settled(), back), EMPTY)
    assert not (ledger.posted or ledger.cost or ledger.commission)
    assert ledger.entries == 2
