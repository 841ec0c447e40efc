from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from contexts.billing import rating
from schemas.billing.types import Pricing, TokenRates
from schemas.execution.chat import Usage
from tests.support.money import USAGE, pricing, pricings, terms, token_counts, usages


def test_a_call_worked_out_by_hand() -> None:
    charge = rating.charge(USAGE, pricing())
    assert charge.cost == Decimal("0.0045")  # 1,000 x 3 + 100 x 15 per million
    assert charge.price == Decimal("0.00585")  # + 30 %
    assert charge.commission == Decimal("0.00117")  # 20 % of it
    assert charge.revenue == Decimal("0.00468")


def test_every_class_of_token_has_its_own_rate() -> None:
    rates = TokenRates(
        input=Decimal(1),
        output=Decimal(10),
        cache_read=Decimal(100),
        cache_write=Decimal(1_000),
        reasoning=Decimal(10_000),
    )
    usage = Usage(input=1, output=2, cache_read=3, cache_write=4, reasoning=5)
    assert rating.cost(usage, rates) == Decimal("0.054321")


def test_a_class_not_given_is_never_free() -> None:
    short = TokenRates(input=Decimal(3), output=Decimal(15))
    assert [short.cache_read, short.cache_write, short.reasoning] == [3, 3, 15]
    assert TokenRates(input=Decimal(3), output=Decimal(15), cache_read=Decimal(0)).cache_read == 0
    assert TokenRates.model_validate_json(short.model_dump_json()) == short


def test_other_units_are_counted_one_by_one() -> None:
    free = {"input": Decimal(0), "output": Decimal(0)}
    rates = TokenRates(**free, request=Decimal("0.01"), image=Decimal("0.04"), audio_minute=Decimal("0.006"))
    assert rating.cost(Usage(), rates) == Decimal("0.01")
    assert rating.cost(Usage(images=3, audio_ms=90_000), rates) == Decimal("0.139")


def test_halves_are_rounded_to_the_even_neighbour() -> None:
    half = TokenRates(input=Decimal("0.0000005"), output=Decimal("0.0000015"))
    assert rating.cost(Usage(input=1), half) == 0
    assert rating.cost(Usage(output=1), half) == Decimal("2E-12")


def test_the_largest_rate_is_not_rounded_before_the_end() -> None:
    rate = Decimal("99999999999999999999.999999999999999999")
    cost = rating.cost(Usage(input=7_777_777), TokenRates(input=rate, output=rate))
    exact = Fraction(rate) * 7_777_777 / 1_000_000
    assert abs(Fraction(cost) - exact) <= Fraction(1, 2 * 10**12)


@given(usage=usages, prices=pricings)
def test_every_amount_has_twelve_places_and_none_is_negative(usage: Usage, prices: Pricing) -> None:
    charge = rating.charge(usage, prices)
    for amount in (charge.cost, charge.price, charge.commission, charge.revenue):
        assert amount.as_tuple().exponent == -12
        assert amount >= 0


@given(usage=usages, prices=pricings)
def test_a_partner_never_keeps_more_than_the_price(usage: Usage, prices: Pricing) -> None:
    charge = rating.charge(usage, prices)
    assert charge.commission <= charge.price
    assert charge.commission + charge.revenue == charge.price


@given(usage=usages, prices=pricings)
def test_an_entry_can_be_checked_from_its_own_figures(usage: Usage, prices: Pricing) -> None:
    charge = rating.charge(usage, prices)
    assert rating.price(usage, charge.cost, prices) == charge.price
    assert rating.commission(charge.price, charge.cost, prices.terms) == charge.commission


@given(
    data=st.data(),
    prices=pricings,
    most=st.tuples(st.integers(0, 10**6), st.integers(0, 10**5)),
    others=st.tuples(st.integers(0, 20), st.integers(0, 10**7)),
)
def test_no_usage_within_the_maxima_costs_more_than_the_hold(
    data: st.DataObject, prices: Pricing, most: tuple[int, int], others: tuple[int, int]
) -> None:
    """Whatever the kind of price, and wherever the month stands."""
    images, audio_ms = (data.draw(st.integers(0, limit)) for limit in others)
    usage = data.draw(token_counts(*most)).model_copy(update={"images": images, "audio_ms": audio_ms})
    assert rating.charge(usage, prices).price <= rating.hold(*most, prices, *others)


def test_the_hold_takes_the_dearest_class() -> None:
    prices = pricing()
    assert rating.hold(7, 9, prices) == rating.charge(Usage(cache_write=7, output=9), prices).price
    prices = pricing(TokenRates(input=Decimal(5), output=Decimal(1), reasoning=Decimal(2)))
    assert rating.hold(7, 9, prices) == rating.charge(Usage(input=7, reasoning=9), prices).price


def test_a_partner_without_markup_but_with_commission_leaves_a_loss() -> None:
    charge = rating.charge(USAGE, pricing(conditions=terms("0", "100")))
    assert charge.price == charge.cost
    assert charge.revenue == 0
