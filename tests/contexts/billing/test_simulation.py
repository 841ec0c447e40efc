from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contexts.billing import rating
from contexts.billing.month_to_date import UsageSoFar, counted, standing
from contexts.billing.simulation import Settled, Sums, simulate
from schemas.base import PartnerId, TenantId
from schemas.billing.cards import Card, CardRate, CardTerms
from schemas.billing.types import Commission, Percent, Pricing, Tier, Tiered, TokenRates
from schemas.execution.chat import Usage
from tests.support.builders import MODEL, PARTNER_ID, TENANT_ID
from tests.support.money import USAGE, pricing, pricings, usages

OTHER_PARTNER, OTHER_TENANT = PartnerId(UUID(int=91)), TenantId(UUID(int=92))
SHARE = Commission(percent=Decimal(20))


def month(
    calls: list[tuple[Usage, Pricing]], tenant: TenantId = TENANT_ID, partner: PartnerId = PARTNER_ID
) -> list[Settled]:
    """Entries as the ledger makes them, one after the other."""
    so_far: UsageSoFar = {}
    entries = []
    for usage, prices in calls:
        now = standing(prices, so_far)
        charge = rating.charge(usage, now)
        so_far = counted(so_far, now, usage, charge.price)
        entries.append(Settled(tenant, partner, usage, now, charge))
    return entries


def percent(markup: str, **scope: object) -> CardTerms:
    rule = Percent(markup_percent=Decimal(markup))
    return CardTerms.model_validate({"partner_id": PARTNER_ID, "price": rule, "commission": SHARE} | scope)


@given(st.lists(st.tuples(usages, pricings), max_size=8))
def test_an_empty_card_changes_nothing(calls: list[tuple[Usage, Pricing]]) -> None:
    assert simulate(month(calls), Card()).total.difference == Sums()


@given(st.lists(st.tuples(usages, pricings), max_size=8), st.lists(st.tuples(usages, pricings), max_size=8))
def test_partners_and_tenants_sum_to_the_total(
    mine: list[tuple[Usage, Pricing]], others: list[tuple[Usage, Pricing]]
) -> None:
    entries = month(mine) + month(others, OTHER_TENANT, OTHER_PARTNER)
    found = simulate(entries, Card(partners=(percent("50"),)))
    for parts in (found.partners.values(), found.tenants.values()):
        assert sum((part.difference.price for part in parts), Decimal(0)) == found.total.difference.price
        assert sum(part.calls for part in parts) == len(entries)


def test_a_dearer_model_shows_in_cost_price_and_commission() -> None:
    dearer = CardRate(model=MODEL, rates=TokenRates(input=Decimal(6), output=Decimal(30)))
    [one] = simulate(month([(USAGE, pricing())]), Card(system=(dearer,))).tenants.values()
    assert one.was == Sums(Decimal("0.0045"), Decimal("0.00585"), Decimal("0.00117"))
    assert one.difference == one.was


def test_a_card_of_one_partner_leaves_the_others_as_they_were() -> None:
    entries = month([(USAGE, pricing())]) + month([(USAGE, pricing())], OTHER_TENANT, OTHER_PARTNER)
    found = simulate(entries, Card(partners=(percent("60"),)))
    assert found.partners[PARTNER_ID].difference.price == Decimal("0.00135")
    assert found.partners[OTHER_PARTNER].difference == Sums()


def test_the_narrowest_terms_of_the_card_win() -> None:
    card = Card(partners=(percent("60"), percent("0", for_tenant=TENANT_ID, for_model=MODEL)))
    assert simulate(month([(USAGE, pricing())]), card).total.would_be.price == Decimal("0.0045")


def test_tiers_fill_as_they_would_have() -> None:
    tiers = Tiered(
        kind="volume",
        tiers=(
            Tier(above=Decimal(0), price=Percent(markup_percent=Decimal(100))),
            Tier(above=Decimal(1_100), price=Percent(markup_percent=Decimal(0))),
        ),
    )
    card = Card(partners=(CardTerms(partner_id=PARTNER_ID, price=tiers, commission=SHARE),))
    found = simulate(month([(USAGE, pricing())] * 3), card)
    assert found.total.would_be.price == Decimal("0.009") + 2 * Decimal("0.0045")
