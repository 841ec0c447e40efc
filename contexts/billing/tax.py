"""Which tax a document bears.

| seller's country | buyer                                | tax                                    |
|------------------|--------------------------------------|----------------------------------------|
| none             | anybody                              | none                                   |
| any              | exempt                               | none, with the reason                  |
| any              | unknown, or in the same country      | the country's rate                     |
| in the EU        | elsewhere in the EU, with a VAT id   | none: reverse charge, with its note    |
| in the EU        | elsewhere in the EU, without one     | the seller's country's rate            |
| any              | elsewhere                            | none, with a note                      |
"""

import re
from datetime import datetime

from contexts.billing.invoice_errors import NoTaxRate
from contexts.billing.tax_rates import TaxRates, rate_in_force
from schemas.billing.taxes import Taxation, TaxProfile

REVERSE_CHARGE = (
    "Reverse charge: the recipient accounts for the VAT (Articles 44 and 196 of Directive 2006/112/EC)."
)
OUTSIDE = "Supplied outside {country}: not subject to its tax."

VAT_IDS = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"(\d{9}|\d{12})",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{10}\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{10}01",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
}
"""The forms of VAT ids, by the prefix they begin with."""

PREFIX = {"GR": "EL"}
"""Greece's VAT ids do not begin with its country code."""


def taxation(country: str | None, buyer: TaxProfile | None, rates: TaxRates | None, at: datetime) -> Taxation:
    """Raises NoTaxRate where a rate is due and none is in force: nothing is untaxed by omission."""
    if country is None:
        return Taxation(treatment="none")
    if buyer is None or buyer.country == country:
        return exempt(buyer) or domestic(country, rates, at)
    if is_eu(country) and is_eu(buyer.country):
        return exempt(buyer) or within_eu(country, buyer, rates, at)
    return exempt(buyer) or Taxation(treatment="none", note=OUTSIDE.format(country=country))


def exempt(buyer: TaxProfile | None) -> Taxation | None:
    if buyer is None or buyer.exempt is None:
        return None
    return Taxation(treatment="exempt", note=f"Exempt from tax: {buyer.exempt}.")


def domestic(country: str, rates: TaxRates | None, at: datetime) -> Taxation:
    rate = rate_in_force(rates, country, at)
    if rate is None:
        raise NoTaxRate(f"no tax rate is in force for {country}: set one, then retry")
    return Taxation(treatment="domestic", jurisdiction=country, name=rate.name, percent=rate.percent)


def within_eu(country: str, buyer: TaxProfile, rates: TaxRates | None, at: datetime) -> Taxation:
    if has_valid_vat_id(buyer):
        return Taxation(treatment="reverse_charge", jurisdiction=buyer.country, note=REVERSE_CHARGE)
    return domestic(country, rates, at)


def is_eu(country: str) -> bool:
    return PREFIX.get(country, country) in VAT_IDS


def has_valid_vat_id(buyer: TaxProfile) -> bool:
    """Of the buyer's own country, in form. Whether it is in use only a register knows."""
    text = re.sub(r"[ .-]", "", buyer.vat_id or "").upper()
    prefix = PREFIX.get(buyer.country, buyer.country)
    return text.startswith(prefix) and re.fullmatch(VAT_IDS[prefix], text[len(prefix) :]) is not None
