from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from schemas.base import Value

Rate = Annotated[Decimal, Field(ge=0, max_digits=38, decimal_places=18)]


class TokenRates(Value):
    """US dollars per million tokens, by token class. A class not given costs what input or output does."""

    input: Rate
    output: Rate
    cache_read: Rate = Decimal(0)
    cache_write: Rate = Decimal(0)
    reasoning: Rate = Decimal(0)

    @model_validator(mode="before")
    @classmethod
    def never_free_by_omission(cls, rates: Any) -> Any:
        if not isinstance(rates, dict) or not {"input", "output"} <= rates.keys():
            return rates
        dearer = {"cache_read": rates["input"], "cache_write": rates["input"], "reasoning": rates["output"]}
        return {**dearer, **rates}


class SystemRate(Value):
    """What a model costs the platform from `effective_from` on."""

    rate_id: str
    model: str
    rates: TokenRates
    effective_from: datetime


class Terms(Value):
    """A partner's terms from `effective_from` on: price = cost x (1 + markup); commission = price x share."""

    terms_id: str
    markup_percent: Decimal
    commission_percent: Decimal
    effective_from: datetime


class Pricing(Value):
    """The rates in force when a call was authorised. The settle uses these, whatever came later."""

    system_rate: SystemRate
    terms: Terms


class Posting(Value):
    """One leg of a double entry. A transaction's debits equal its credits."""

    account: str
    side: Literal["debit", "credit"]
    amount: Decimal
