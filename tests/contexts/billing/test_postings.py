from decimal import Decimal

from hypothesis import given

from contexts.billing import rating
from contexts.billing.postings import postings
from schemas.billing.types import Commission, Posting, Pricing, TokenRates
from schemas.execution.chat import Usage
from tests.support.builders import PARTNER_ID, TENANT_ID
from tests.support.money import USAGE, pricing, pricings, terms, usages


def legs(usage: Usage, prices: Pricing) -> list[tuple[str, str, Decimal]]:
    entry = postings("acme/gpt", TENANT_ID, PARTNER_ID, rating.charge(usage, prices))
    return [(leg.account, leg.side, leg.amount) for leg in entry]


def total(entry: tuple[Posting, ...], side: str) -> Decimal:
    return sum((leg.amount for leg in entry if leg.side == side), Decimal(0))


def test_the_entry_of_a_call() -> None:
    assert legs(USAGE, pricing()) == [
        ("cogs:acme", "debit", Decimal("0.0045")),
        ("payable:acme", "credit", Decimal("0.0045")),
        (f"receivable:{TENANT_ID}", "debit", Decimal("0.00585")),
        (f"partner:{PARTNER_ID}:commission", "credit", Decimal("0.00117")),
        ("revenue:platform", "credit", Decimal("0.00468")),
    ]


def test_legs_of_nothing_are_left_out() -> None:
    assert [account for account, *_ in legs(USAGE, pricing(conditions=terms("0", "0")))] == [
        "cogs:acme",
        "payable:acme",
        f"receivable:{TENANT_ID}",
        "revenue:platform",
    ]
    assert legs(USAGE, pricing(TokenRates(input=Decimal(0), output=Decimal(0)))) == []


def test_a_price_below_cost_is_posted_as_it_is() -> None:
    discount = terms("-40", "50")
    amounts = {account: amount for account, _, amount in legs(USAGE, pricing(conditions=discount))}
    assert amounts["revenue:platform"] < amounts["cogs:acme"]


def test_a_commission_below_nothing_stands_on_the_other_side() -> None:
    share = Commission(percent=Decimal(50), of="margin", may_be_negative=True)
    agreed = terms("-40", "0").model_copy(update={"commission": share})
    assert (f"partner:{PARTNER_ID}:commission", "debit", Decimal("0.0009")) in legs(
        USAGE, pricing(conditions=agreed)
    )


@given(usage=usages, prices=pricings)
def test_debits_equal_credits(usage: Usage, prices: Pricing) -> None:
    charge = rating.charge(usage, prices)
    entry = postings("acme/gpt", TENANT_ID, PARTNER_ID, charge)
    assert total(entry, "debit") == total(entry, "credit") == charge.cost + charge.price
    assert all(leg.amount > 0 for leg in entry)
