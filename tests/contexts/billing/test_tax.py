from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from contexts.billing.invoice_errors import NoTaxRate
from contexts.billing.registry import REGISTRY
from contexts.billing.tax import REVERSE_CHARGE, taxation
from contexts.billing.tax_rates import TaxRates, rate_in_force
from schemas.billing.taxes import SetTaxRate, TaxRateSet
from tests.support.builders import NOW
from tests.support.invoices import buyer_profile, tax_rate, tax_rates
from tests.support.spec import Spec

spec = Spec(REGISTRY)
RATES = tax_rates(DE="19", FR="20", US="0")

TABLE = [
    (None, {"country": "DE"}, "none", "0"),
    ("DE", None, "domestic", "19"),
    ("DE", {"country": "DE", "vat_id": "DE123456789"}, "domestic", "19"),
    ("DE", {"country": "FR", "vat_id": "FR12345678901"}, "reverse_charge", "0"),
    ("DE", {"country": "FR", "vat_id": "fr 12 345 678 901"}, "reverse_charge", "0"),
    ("DE", {"country": "GR", "vat_id": "EL123456789"}, "reverse_charge", "0"),
    ("DE", {"country": "FR", "vat_id": "FR1234"}, "domestic", "19"),
    ("DE", {"country": "FR", "vat_id": "DE123456789"}, "domestic", "19"),
    ("DE", {"country": "FR"}, "domestic", "19"),
    ("DE", {"country": "GB", "vat_id": "GB123456789"}, "none", "0"),
    ("DE", {"country": "US"}, "none", "0"),
    ("US", {"country": "DE", "vat_id": "DE123456789"}, "none", "0"),
    ("DE", {"country": "DE", "exempt": "a charity"}, "exempt", "0"),
    ("DE", {"country": "FR", "exempt": "an embassy"}, "exempt", "0"),
]


@pytest.mark.parametrize("seller, buyer, treatment, percent", TABLE)
def test_which_tax_is_due(
    seller: str | None, buyer: dict[str, Any] | None, treatment: str, percent: str
) -> None:
    found = taxation(seller, buyer_profile(**buyer) if buyer else None, RATES, NOW)
    assert (found.treatment, found.percent) == (treatment, Decimal(percent))


def test_the_law_wants_a_note_on_reverse_charge() -> None:
    found = taxation("DE", buyer_profile(country="AT", vat_id="ATU12345678"), RATES, NOW)
    assert (found.note, found.jurisdiction) == (REVERSE_CHARGE, "AT")
    assert "DE" in taxation("DE", buyer_profile(country="US"), RATES, NOW).note
    assert "a charity" in taxation("DE", buyer_profile(exempt="a charity"), RATES, NOW).note


def test_nothing_is_untaxed_because_a_rate_was_forgotten() -> None:
    with pytest.raises(NoTaxRate):
        taxation("IT", buyer_profile(country="IT"), RATES, NOW)


def test_the_rate_of_the_day_counts() -> None:
    lower = datetime(2026, 7, 1, tzinfo=UTC)
    rates = TaxRates({"DE": (tax_rate("DE", "19"), tax_rate("DE", "16", lower))})
    before = rate_in_force(rates, "DE", datetime(2026, 6, 30, tzinfo=UTC))
    after = rate_in_force(rates, "DE", lower)
    assert before and after
    assert [before.percent, after.percent] == [Decimal(19), Decimal(16)]
    assert rate_in_force(rates, "DE", datetime(2019, 1, 1, tzinfo=UTC)) is None


def test_a_tax_rate_begins_now_or_later() -> None:
    known = TaxRateSet(rate=tax_rate("DE", "19"))
    change = SetTaxRate(jurisdiction="DE", name="VAT", percent=Decimal(16))
    spec.given(known).when(change).then(TaxRateSet(rate=tax_rate("DE", "16", NOW)))
    spec.given(known).when(change.model_copy(update={"percent": Decimal(19)})).then()
    past = change.model_copy(update={"effective_from": datetime(2026, 1, 1, tzinfo=UTC)})
    spec.given(known).when(past).refused("billing.rate_in_the_past")
    first = SetTaxRate(jurisdiction="FR", name="TVA", percent=Decimal(20), effective_from=past.effective_from)
    assert len(spec.given(known).when(first).events) == 1
