"""Derives an entry's amounts again from its usage and its pricing, and adds up its postings."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from contexts.billing import rating
from schemas.billing.events import CallSettled
from schemas.billing.types import Pricing
from schemas.execution.chat import Usage

ZERO = Decimal(0)
SETTLED = CallSettled.type_name


@lru_cache(maxsize=4_096)
def pricing_from(text: bytes) -> Pricing:
    """Few pricings make many entries."""
    return Pricing.model_validate_json(text)


def wrong(type_name: str, data: dict[str, Any]) -> Iterator[str]:
    if type_name == SETTLED:
        yield from wrong_amounts(data)
    if "postings" in data and not balanced(data["postings"]):
        yield "its debits do not equal its credits"


def wrong_amounts(data: dict[str, Any]) -> Iterator[str]:
    charge = rating.charge(Usage.model_validate(data["usage"]), pricing_from(to_json(data["pricing"])))
    for name in ("cost", "price", "commission"):
        derived = getattr(charge, name)
        if Decimal(data[name]) != derived:
            yield f"its {name} is {data[name]}, its usage and pricing make {derived:f}"


def balanced(postings: list[dict[str, Any]]) -> bool:
    total = ZERO
    for leg in postings:
        total += Decimal(leg["amount"]) if leg["side"] == "debit" else -Decimal(leg["amount"])
    return not total
