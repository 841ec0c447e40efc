from decimal import Decimal, localcontext

from hypothesis import given

from contexts.billing import rating
from contexts.billing.exact import EXACT, times
from contexts.billing.price_list import price_list
from schemas.billing.types import Flat, Package, Tier, Tiered, TokenRates
from schemas.execution.chat import Usage
from tests.support.builders import TENANT_ID
from tests.support.money import flats, pricing, system_rate, terms, token_rates, usages


@given(rule=flats, rates=token_rates, usage=usages)
def test_the_list_is_what_is_charged(rule: Flat, rates: TokenRates, usage: Usage) -> None:
    """A mere markup is taken of the cost as it was rounded, and may be off by that much."""
    agreed = terms().model_copy(update={"price": rule})
    [listed] = price_list([system_rate(rates)], [agreed], TENANT_ID)
    charged = rating.charge(usage, pricing(rates, agreed)).price
    with localcontext(EXACT):
        assert abs(times(usage, listed.tiers[0].rates) - charged) <= Decimal("7E-12")


def test_tiers_and_packages_are_listed_as_they_are() -> None:
    tiers = (Tier(above=Decimal(0), price=terms("10").price), Tier(above=Decimal(5), price=terms("0").price))
    of_price = terms().model_copy(update={"price": Tiered(kind="volume", of="price", tiers=tiers)})
    [listed] = price_list([system_rate()], [of_price], TENANT_ID)
    assert (listed.kind, listed.of) == ("volume", "price")
    assert [tier.above for tier in listed.tiers] == [0, 5]
    assert [tier.rates.input for tier in listed.tiers] == [Decimal("3.3"), 3]
    package = Package(tokens=1_000, price=Decimal(2))
    [listed] = price_list([system_rate()], [terms().model_copy(update={"price": package})], TENANT_ID)
    assert (listed.kind, listed.package, listed.tiers) == ("package", package, ())


def test_a_model_without_terms_is_not_for_sale() -> None:
    for_another = terms().model_copy(update={"for_model": "acme/gpt"})
    assert price_list([system_rate()], [for_another], TENANT_ID) == []
