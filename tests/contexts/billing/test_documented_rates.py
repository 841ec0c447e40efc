"""What docs/rates.md says is what the code does."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from api.routes.simulations import MOST_ENTRIES
from contexts.billing import rating
from schemas.billing.cards import Card
from schemas.billing.types import Commission, MonthToDate, PriceRule, Pricing, TokenRates
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
