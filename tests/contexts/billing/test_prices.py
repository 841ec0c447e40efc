from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contexts.billing import rating
from contexts.billing.month_to_date import NOTHING, UsageSoFar, counted, standing
from schemas.billing.types import (
    Absolute,
    Commission,
    Flat,
    MonthToDate,
    Package,
    Percent,
    PriceRule,
    Pricing,
    Tier,
    Tiered,
    TokenRates,
)
from schemas.execution.chat import Usage
from tests.support.money import (
    RATES,
    USAGE,
    doubled,
    flats,
    months,
    percents,
    pricing,
    pricings,
    terms,
    usages,
)

CLASSES = ("input", "output", "cache_read", "cache_write", "reasoning")
HALF = TokenRates(input=Decimal("1.5"), output=Decimal("7.5"))
"""Half of what `RATES` ask for plain input and output."""


def rates(dollars: str) -> Absolute:
    return Absolute(rates=TokenRates(input=Decimal(dollars), output=Decimal(dollars)))


def tiers(kind: str, of: str = "tokens", step: str = "1000000") -> Tiered:
    """3 dollars per million at first, then 2, then 1."""
    found = [Tier(above=n * Decimal(step), price=rates(str(3 - n))) for n in range(3)]
    return Tiered.model_validate({"kind": kind, "of": of, "tiers": found})


def priced(rule: PriceRule, usage: Usage = USAGE, tokens: int = 0, price: str = "0") -> Decimal:
    return rating.charge(usage, under(rule, MonthToDate(tokens=tokens, price=Decimal(price)))).price


def under(rule: PriceRule, so_far: MonthToDate = NOTHING, share: Commission | None = None) -> Pricing:
    changes = {"price": rule, "commission": share or Commission(percent=Decimal(20))}
    return pricing(conditions=terms().model_copy(update=changes)).model_copy(update={"so_far": so_far})


def test_an_absolute_price_does_not_ask_what_the_call_costs() -> None:
    assert priced(rates("10")) == Decimal("0.011")


def test_a_markup_is_kept_between_floor_and_cap() -> None:
    markup = Decimal(30)
    assert priced(Percent(markup_percent=markup, cap=RATES)) == Decimal("0.0045")
    assert priced(Percent(markup_percent=markup, cap=doubled(RATES))) == Decimal("0.00585")
    assert priced(Percent(markup_percent=Decimal(-80), floor=HALF)) == Decimal("0.00225")
    assert priced(Percent(markup_percent=Decimal(-20), floor=HALF)) == Decimal("0.0036")


def test_a_floor_above_its_cap_is_refused() -> None:
    with pytest.raises(ValidationError, match="above the cap for input"):
        Percent(markup_percent=Decimal(0), floor=RATES, cap=HALF)


@pytest.mark.parametrize(
    ("tokens", "price"),
    [
        (0, "1.5"),  # half a million in the first tier
        (500_000, "1.5"),  # to its last token
        (750_000, "1.25"),  # half at 3, half at 2
        (1_000_000, "1"),
        (2_000_000, "0.5"),
    ],
)
def test_a_graduated_call_is_priced_part_by_part(tokens: int, price: str) -> None:
    assert priced(tiers("graduated"), Usage(input=500_000), tokens) == Decimal(price)


def test_one_call_may_fill_several_tiers() -> None:
    assert priced(tiers("graduated"), Usage(input=3_000_000)) == Decimal(6)


@pytest.mark.parametrize(("tokens", "price"), [(0, "1.5"), (999_999, "1.5"), (1_000_000, "1")])
def test_a_volume_call_is_priced_whole_in_the_tier_reached(tokens: int, price: str) -> None:
    assert priced(tiers("volume"), Usage(input=500_000), tokens) == Decimal(price)


def test_tiers_may_go_by_what_was_charged() -> None:
    by_price = tiers("graduated", of="price", step="1.5")
    assert priced(by_price, Usage(input=500_000)) == Decimal("1.5")
    assert priced(by_price, Usage(input=500_000), price="0.75") == Decimal("1.25")
    assert priced(tiers("volume", of="price", step="1.5"), Usage(input=500_000), price="1.6") == Decimal(1)


def test_a_package_is_paid_when_it_is_begun() -> None:
    package = Package(tokens=1_000, price=Decimal(2))
    assert priced(package, Usage(input=1)) == 2
    assert priced(package, Usage(input=999), tokens=1) == 0
    assert priced(package, Usage(input=1_001), tokens=1_000) == 4
    assert priced(package, Usage()) == 0


@pytest.mark.parametrize("levels", [("1",), ("0", "5", "5"), ("0", "7", "5")])
def test_tiers_begin_at_nothing_and_go_up(levels: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="each is above the one before"):
        Tiered(kind="volume", tiers=tuple(Tier(above=Decimal(n), price=rates("1")) for n in levels))


def test_a_commission_may_be_a_share_of_the_margin() -> None:
    of_margin = Commission(percent=Decimal(40), of="margin")
    assert rating.charge(USAGE, under(rates("10"), share=of_margin)).commission == Decimal("0.0026")


def test_a_commission_is_negative_only_where_the_terms_say_so() -> None:
    share = Commission(percent=Decimal(50), of="margin")
    below_cost = rates("1")
    assert rating.charge(USAGE, under(below_cost, share=share)).commission == 0
    shared_loss = share.model_copy(update={"may_be_negative": True})
    assert rating.charge(USAGE, under(below_cost, share=shared_loss)).commission == Decimal("-0.0017")


def test_a_minimum_is_what_the_month_lacks() -> None:
    least = terms().model_copy(update={"minimum": Decimal(25)})
    assert rating.minimum_due(least, Decimal("20.5")) == Decimal("4.5")
    assert rating.minimum_due(least, Decimal("25.1")) == 0
    assert rating.minimum_due(terms(), Decimal(0)) == 0


@given(rule=percents, usage=usages)
def test_a_price_is_never_below_its_floor_nor_above_its_cap(rule: Percent, usage: Usage) -> None:
    price = priced(rule, usage)
    if rule.floor:
        assert price >= priced(Absolute(rates=rule.floor), usage)
    if rule.cap:
        assert price <= priced(Absolute(rates=rule.cap), usage)


@given(parts=st.lists(st.integers(1, 900_000), min_size=1, max_size=8))
def test_however_a_month_is_cut_into_calls_it_costs_the_same(parts: list[int]) -> None:
    """Each call is rounded once, so the sums may differ by half a unit of the last place per call."""
    rule = tiers("graduated")
    together = priced(rule, Usage(input=sum(parts)))
    assert abs(month_of(rule, parts) - together) <= len(parts) * Decimal("0.5E-12")


@given(parts=st.lists(st.integers(1, 900_000), min_size=1, max_size=8))
def test_a_month_pays_for_each_package_once(parts: list[int]) -> None:
    package = Package(tokens=100_000, price=Decimal(3))
    assert month_of(package, parts) == priced(package, Usage(input=sum(parts)))


def month_of(rule: PriceRule, parts: list[int]) -> Decimal:
    prices, total = under(rule), Decimal(0)
    so_far: UsageSoFar = {}
    for tokens in parts:
        now, usage = standing(prices, so_far), Usage(input=tokens)
        price = rating.charge(usage, now).price
        so_far = counted(so_far, now, usage, price)
        total += price
    return total


@given(
    kind=st.sampled_from(("graduated", "volume")),
    of=st.sampled_from(("tokens", "price")),
    month=months,
    tokens=st.integers(0, 10**7),
    more=st.integers(0, 10**6),
)
def test_more_of_the_same_never_costs_less(
    kind: str, of: str, month: MonthToDate, tokens: int, more: int
) -> None:
    prices = under(tiers(kind, of), month)
    smaller, larger = (rating.charge(Usage(input=n), prices).price for n in (tokens, tokens + more))
    assert smaller <= larger


@given(rule=flats, usage=usages, more=usages)
def test_more_of_anything_never_costs_less(rule: Flat, usage: Usage, more: Usage) -> None:
    larger = Usage(**{name: getattr(usage, name) + getattr(more, name) for name in CLASSES})
    assert priced(rule, usage) <= priced(rule, larger)


@given(prices=pricings, usage=usages)
def test_a_commission_is_no_loss_unless_agreed(prices: Pricing, usage: Usage) -> None:
    charge = rating.charge(usage, prices)
    assert 0 <= charge.commission <= charge.price


def test_a_flat_price_does_not_keep_where_the_month_stood() -> None:
    so_far = counted({}, pricing(), USAGE, Decimal(1))
    assert standing(pricing(), so_far) == pricing()


def test_what_is_counted_is_counted_by_scope() -> None:
    wide = under(tiers("volume"))
    for_one = wide.terms.model_copy(update={"for_model": "acme/gpt"})
    narrow = wide.model_copy(update={"terms": for_one})
    so_far = counted(counted({}, wide, USAGE, Decimal(1)), narrow, USAGE, Decimal(2))
    assert standing(wide, so_far).so_far == MonthToDate(tokens=1_100, price=Decimal(1))
    assert standing(narrow, so_far).so_far == MonthToDate(tokens=1_100, price=Decimal(2))
