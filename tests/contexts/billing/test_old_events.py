"""Entries of before terms had kinds are worked out again to the last digit."""

from decimal import Decimal

from bus.docs import SAMPLES
from contexts.billing import rating
from contexts.billing.postings import postings
from schemas.billing.events import CallSettled
from schemas.billing.types import Commission, MonthToDate, Percent
from schemas.registry import event_from

NAME = "billing.ledger.call_settled"


def stored() -> CallSettled:
    event = event_from(NAME, 1, (SAMPLES / f"{NAME}.v1.json").read_bytes())
    assert isinstance(event, CallSettled)
    return event


def test_an_old_markup_and_share_are_todays_percent_and_commission() -> None:
    pricing = stored().pricing
    assert pricing.terms.price == Percent(markup_percent=Decimal(30))
    assert pricing.terms.commission == Commission(percent=Decimal(20))
    assert pricing.so_far == MonthToDate()


def test_an_old_entry_is_the_same_again() -> None:
    entry = stored()
    charge = rating.charge(entry.usage, entry.pricing)
    assert (charge.cost, charge.price, charge.commission) == (entry.cost, entry.price, entry.commission)
    assert postings(entry.model, entry.tenant_id, entry.partner_id, charge) == entry.postings
