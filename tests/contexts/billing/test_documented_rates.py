"""What docs/rates.md says is what the code does."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from api.routes.simulations import MOST_ENTRIES
from contexts.billing import rating
from schemas.billing.cards import Card
from schemas.billing.types import (
    Absolute,
    Commission,
    MonthToDate,
    PriceRule,
    Pricing,
    Tier,
    Tiered,
    TokenRates,
)
from schemas.execution.chat import Usage
from tests.support.money import pricing, terms

PAGE = (Path(__file__).parents[3] / "docs" / "rates.md").read_text()
ROWS = re.findall(r"^\| `(\{.*?\})` \| ([\d. |]+) \|$", PAGE, re.MULTILINE)
RULES: TypeAdapter[PriceRule] = TypeAdapter(PriceRule)
USAGE = Usage(input=800_000, output=200_000)
RATES = TokenRates(input=Decimal(1), output=Decimal(4))
OF_PRICE = Commission(percent=Decimal(20))
OF_MARGIN = Commission(percent=Decimal(50), of="margin")


def under(rule: PriceRule, share: Commission) -> Pricing:
    agreed = terms().model_copy(update={"price": rule, "commission": share})
    return pricing(RATES, agreed).model_copy(update={"so_far": MonthToDate(tokens=500_000)})


def test_there_is_a_row_for_every_kind() -> None:
    kinds = {RULES.validate_json(rule).kind for rule, _ in ROWS}
    assert (len(ROWS), kinds) == (7, {"percent", "absolute", "graduated", "volume", "package"})


@pytest.mark.parametrize(("rule", "amounts"), ROWS)
def test_a_row_of_the_example_is_what_the_code_reckons(rule: str, amounts: str) -> None:
    price, of_price, of_margin, hold = (Decimal(amount) for amount in amounts.split("|"))
    prices = under(RULES.validate_json(rule), OF_PRICE)
    charge = rating.charge(USAGE, prices)
    assert (charge.cost, charge.price, charge.commission) == (Decimal("1.6"), price, of_price)
    assert rating.charge(USAGE, under(prices.terms.price, OF_MARGIN)).commission == of_margin
    assert rating.hold(USAGE.input, USAGE.output, prices) == hold


def test_the_card_of_the_page_is_one() -> None:
    (text,) = re.findall(r"<!-- a card -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    card = Card.model_validate_json(text)
    assert (len(card.system), len(card.partners)) == (1, 1)


def test_the_limit_of_the_page_is_the_codes() -> None:
    assert f"takes up to {MOST_ENTRIES:,} entries" in PAGE


BY_CALL = re.findall(r"^\| \w+ \| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("kind", "column", "total"), [("volume", 1, "4.40"), ("graduated", 2, "4.20")])
def test_a_month_by_tiers_is_what_the_page_says(kind: str, column: int, total: str) -> None:
    """Calls before a tier was reached keep their price: by neither kind is a month priced again."""
    tiers = (tier("0", "3"), tier("1000000", "2"))
    rule = Tiered.model_validate({"kind": kind, "tiers": tiers})
    call, before, charged = Usage(input=400_000), 0, []
    for row in BY_CALL:
        assert int(row[0]) == before
        prices = under(rule, OF_PRICE).model_copy(update={"so_far": MonthToDate(tokens=before)})
        found = rating.charge(call, prices).price
        assert found == Decimal(row[column])
        charged.append(found)
        before += call.total
    assert sum(charged) == Decimal(total) and len(charged) == 4
    assert f"{total} by `{kind}`" in PAGE


def tier(above: str, dollars: str) -> Tier:
    rates = TokenRates(input=Decimal(dollars), output=Decimal(dollars))
    return Tier(above=Decimal(above), price=Absolute(rates=rates))
