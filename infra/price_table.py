"""What providers ask, from the public table in the `genai-prices` package: offline, as old as the package."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib.metadata import version

from schemas.billing.types import TokenRates

PLACES = Decimal("1E-18")

KNOWN = {
    "input_mtok": ("input", 1),
    "output_mtok": ("output", 1),
    "cache_read_mtok": ("cache_read", 1),
    "cache_write_mtok": ("cache_write", 1),
    "output_reasoning_mtok": ("reasoning", 1),
    "requests_kcount": ("request", 1000),
    "audio_hours": ("audio_minute", 60),
}
"""Their unit -> ours, and how many of ours are one of theirs."""

TIERED = "its price depends on the length of the context"
NOT_OURS = "it is priced in units we do not count"


@dataclass(frozen=True, slots=True)
class Listed:
    """`rates` is None when they cannot be said in our units; `why` tells."""

    model: str
    rates: TokenRates | None
    why: str = ""


def table_version() -> str:
    return version("genai-prices")


def listed(provider: str, now: datetime) -> Iterator[Listed]:
    """A provider's models as of now, without those it has given up. None for a provider nobody lists."""
    from genai_prices.data import providers

    for found in providers:
        for model in found.models if found.id == provider else ():
            if not model.deprecated and not any(letter.isspace() for letter in model.id):
                prices = model.get_prices(now).__dict__
                yield as_listed(f"{provider}/{model.id}", prices)


def as_listed(model: str, prices: Mapping[str, object]) -> Listed:
    given = {name: price for name, price in prices.items() if price is not None and name in KNOWN}
    amounts = {name: price for name, price in given.items() if isinstance(price, Decimal)}
    if len(amounts) < len(given):
        return Listed(model, None, TIERED)
    if not amounts:
        return Listed(model, None, NOT_OURS)
    ours = {KNOWN[name][0]: in_ours(price, KNOWN[name][1]) for name, price in amounts.items()}
    return Listed(model, TokenRates(**{"input": Decimal(0), "output": Decimal(0)} | ours))


def in_ours(price: Decimal, parts: int) -> Decimal:
    return price if parts == 1 else (price / parts).quantize(PLACES).normalize()
