"""A closed month takes nothing more; what comes late is posted in the open one, once."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from contexts.billing.facts import PostingFacts
from contexts.billing.ledger import EMPTY, evolve
from contexts.billing.months import after
from contexts.billing.registry import REGISTRY
from contexts.billing.wallet import NEVER, Block, Wallet
from schemas.billing.commands import SettleCall
from schemas.billing.corrections import AdjustmentPosted, ClosePeriod, PeriodClosed
from schemas.billing.events import CallRefused, CallUnknown, CallWrittenOff
from schemas.billing.wallets import CreditCharged
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.money import USAGE, authorize, authorized, call, knowing, settled, terms
from tests.support.spec import Spec

given = Spec(REGISTRY).given

CLOSE = ClosePeriod(tenant_id=TENANT_ID, period="2026-09")
LATER = NOW + timedelta(days=20)
LOST = (
    authorized(),
    CallUnknown(tenant_id=TENANT_ID, call=call(), reason="worker.died", resolve_at=NOW),
    CallWrittenOff(tenant_id=TENANT_ID, call=call(), hold=authorized().hold),
)
SETTLE = SettleCall(tenant_id=TENANT_ID, call=call(), usage=USAGE)


def closed(entries: int, price: Decimal, version: int) -> PeriodClosed:
    share = price / settled().price
    return PeriodClosed(
        tenant_id=TENANT_ID,
        partner_id=PARTNER_ID,
        period="2026-09",
        entries=entries,
        cost=settled().cost * share,
        price=price,
        commission=settled().commission * share,
        last_version=version,
    )


def test_closing_seals_the_totals() -> None:
    history = (authorized("a"), settled("a"), authorized("b"), settled("b"))
    given(*history).at(LATER).when(CLOSE).then(closed(2, 2 * settled().price, 4))


def test_a_month_without_use_is_closed_as_well() -> None:
    given().at(LATER).when(CLOSE).then(closed(0, Decimal(0), 0))


def test_what_a_month_lacks_of_its_minimum_is_an_entry_before_it_is_closed() -> None:
    price = settled().price
    least = terms().model_copy(update={"minimum": price + 3})
    history = (authorized(), settled())
    outcome = given(*history).knowing(PostingFacts(terms=least)).at(LATER).when(CLOSE)
    [entry, end] = outcome.events
    assert isinstance(entry, AdjustmentPosted) and isinstance(end, PeriodClosed)
    assert (entry.kind, entry.price, entry.commission) == ("minimum", Decimal(3), Decimal("0.6"))
    assert not sum(leg.amount if leg.side == "debit" else -leg.amount for leg in entry.postings)
    assert (end.entries, end.price, end.last_version) == (2, price + 3, 3)
    enough = terms().model_copy(update={"minimum": price})
    given(*history).knowing(PostingFacts(terms=enough)).at(LATER).when(CLOSE).then(closed(1, price, 2))


def test_a_minimum_is_taken_from_credit_as_far_as_it_goes() -> None:
    wallet = Wallet("prepaid", (Block(UUID(int=1), Decimal(2), NEVER),), Decimal(2))
    facts = PostingFacts(terms=terms().model_copy(update={"minimum": Decimal(5)}), wallet=wallet)
    entry, charged, _ = given().knowing(facts).at(LATER).when(CLOSE).events
    assert isinstance(entry, AdjustmentPosted) and isinstance(charged, CreditCharged)
    amounts = {leg.account.partition(":")[0]: leg.amount for leg in entry.postings if leg.side == "debit"}
    assert amounts == {"wallet": charged.amount, "receivable": Decimal(5) - charged.amount}
    assert charged.amount == Decimal(2)


def test_closing_again_changes_nothing() -> None:
    given(authorized(), settled(), closed(1, settled().price, 2)).at(LATER).when(CLOSE).nothing()


def test_a_month_is_closed_when_it_is_over_and_nothing_is_held() -> None:
    given(authorized(), settled()).when(CLOSE).refused("billing.period_not_over")
    outcome = given(authorized("a"), authorized("b"), settled("b")).at(LATER).when(CLOSE)
    outcome.refused("billing.holds_open")
    assert outcome.refusal is not None and outcome.refusal.detail.startswith("1 calls of 2026-09")


def test_nothing_is_authorised_in_a_closed_month() -> None:
    refusal = CallRefused(
        tenant_id=TENANT_ID, call=call(), code="billing.period_closed", detail="the month 2026-09 is closed"
    )
    given(closed(0, Decimal(0), 0)).knowing(knowing()).at(LATER).when(authorize()).then(refusal)


def test_late_usage_is_charged_in_the_open_month_at_the_rates_of_its_hold() -> None:
    facts = PostingFacts(months={"2026-10": EMPTY})
    outcome = given(*LOST, closed(1, Decimal(0), 3)).knowing(facts).at(LATER).when(SETTLE)
    [late] = outcome.events
    assert isinstance(late, AdjustmentPosted)
    assert (late.kind, late.period, late.about_period) == ("late_usage", "2026-10", "2026-09")
    assert (late.cost, late.price, late.commission) == (
        settled().cost,
        settled().price,
        settled().commission,
    )
    assert (late.call, late.usage, late.pricing) == (call(), USAGE, authorized().pricing)
    assert late.postings == settled().postings

    again = PostingFacts(months={"2026-10": evolve(EMPTY, late)})
    given(*LOST, closed(1, Decimal(0), 3)).knowing(again).at(LATER).when(SETTLE).nothing()


def test_late_usage_has_one_name_whatever_month_it_is_posted_in() -> None:
    def claim_in(month: str, days: int) -> tuple[str, str, str]:
        facts = PostingFacts(months={month: EMPTY})
        at = NOW + timedelta(days=days)
        [late] = given(*LOST, closed(1, Decimal(0), 3)).knowing(facts).at(at).when(SETTLE).events
        return late.claims()[0]

    october, november = claim_in("2026-10", 20), claim_in("2026-11", 50)
    assert october[:2] == november[:2]
    assert october != november


def test_of_a_call_that_was_charged_nothing_is_late() -> None:
    history = (authorized(), settled(), closed(1, settled().price, 2))
    given(*history).at(LATER).when(SETTLE).refused("billing.call_not_open")


def test_months_follow_one_another() -> None:
    assert after("2026-11")[:3] == ("2026-12", "2027-01", "2027-02")
    assert after("2026-12")[0] == "2027-01"
