"""The columns that ledger entries and the sums over them share."""

from decimal import Decimal

from projections.kernel import Row
from schemas.billing.events import CallSettled
from schemas.execution.chat import Usage

NOTHING = Decimal(0)
NO_AMOUNTS: Row = {"cost_usd": NOTHING, "price_usd": NOTHING, "commission_usd": NOTHING}


def amounts(event: CallSettled) -> Row:
    return {"cost_usd": event.cost, "price_usd": event.price, "commission_usd": event.commission}


def tokens(usage: Usage) -> Row:
    return {
        "tokens_input": usage.input,
        "tokens_output": usage.output,
        "tokens_cache_read": usage.cache_read,
        "tokens_cache_write": usage.cache_write,
        "tokens_reasoning": usage.reasoning,
        "images": usage.images,
        "audio_ms": usage.audio_ms,
    }
