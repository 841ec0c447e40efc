from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import TenantId, Value

MONTH = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"
"""Years a date has, with a year before and after."""
Period = Annotated[str, StringConstraints(pattern=MONTH)]
"""A month, `2026-11`."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

Level = Literal["source", "tenant", "partner", "credit"]
"""What may refuse a call: the budget of its workflow or agent, of its tenant, of the tenant's partner, or the
tenant's prepaid credit."""

Reserve = Literal["credit", "partner"]

Rate = Annotated[Decimal, Field(ge=0, max_digits=38, decimal_places=18)]
Price = Annotated[Decimal, Field(ge=0, max_digits=38, decimal_places=12)]
Markup = Annotated[Decimal, Field(ge=-100, le=1000, max_digits=12, decimal_places=6)]
Share = Annotated[Decimal, Field(ge=0, le=100, max_digits=12, decimal_places=6)]
Model = Annotated[str, StringConstraints(pattern=r"^[^\s/]+/\S+$", max_length=200)]
"""`provider/name`."""


class TokenRates(Value):
    """US dollars per million tokens, by token class. A class not given costs what input or output does.

    The other units are counted one by one: a request, an image, a minute of audio.
    """

    input: Rate
    output: Rate
    cache_read: Rate = Decimal(0)
    cache_write: Rate = Decimal(0)
    reasoning: Rate = Decimal(0)
    request: Rate = Decimal(0)
    image: Rate = Decimal(0)
    audio_minute: Rate = Decimal(0)

    @model_validator(mode="after")
    def never_free_by_omission(self) -> Self:
        dearer = {"cache_read": self.input, "cache_write": self.input, "reasoning": self.output}
        self.__dict__.update(
            {name: rate for name, rate in dearer.items() if name not in self.model_fields_set}
        )
        return self


class SystemRate(Value):
    """What a model costs the platform from `effective_from` on."""

    rate_id: str
    model: str
    rates: TokenRates
    effective_from: datetime


class Percent(Value):
    """The cost and so much more.

    With bounds each class is sold at its rate and so much more, but not below its floor nor above its cap.
    """

    kind: Literal["percent"] = "percent"
    markup_percent: Markup
    floor: TokenRates | None = None
    cap: TokenRates | None = None

    @model_validator(mode="after")
    def floor_below_cap(self) -> Self:
        if self.floor and self.cap:
            above = [name for name, rate in self.floor if rate > getattr(self.cap, name)]
            if above:
                raise ValueError(f"the floor is above the cap for {', '.join(above)}")
        return self


class Absolute(Value):
    """Rates of the partner's own, whatever the call costs us."""

    kind: Literal["absolute"] = "absolute"
    rates: TokenRates


Flat = Annotated[Percent | Absolute, Field(discriminator="kind")]


class Tier(Value):
    """How a call is priced once the month is `above` so many tokens, or US dollars."""

    above: Price
    price: Flat


class Tiered(Value):
    """`graduated`: each part of a call is priced in the tier it falls into.

    `volume`: a call is priced whole, in the tier the month had reached before it.
    """

    kind: Literal["graduated", "volume"]
    of: Literal["tokens", "price"] = "tokens"
    tiers: tuple[Tier, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def from_nothing_upwards(self) -> Self:
        levels = [tier.above for tier in self.tiers]
        if levels[0] != 0 or any(later <= earlier for earlier, later in pairwise(levels)):
            raise ValueError("the first tier is above 0, and each is above the one before")
        return self


class Package(Value):
    """So much for every package of tokens the month begins, whatever their class."""

    kind: Literal["package"] = "package"
    tokens: int = Field(gt=0, le=10**15)
    price: Price


PriceRule = Annotated[Percent | Absolute | Tiered | Package, Field(discriminator="kind")]


class Commission(Value):
    """What a partner keeps: a share of the price, or of what the price leaves above the cost."""

    percent: Share
    of: Literal["price", "margin"] = "price"
    may_be_negative: bool = False
    """A call sold below its cost takes from the partner's commission."""


class Terms(Value):
    """A partner's terms from `effective_from` on, for all its tenants and models or for some.

    `minimum`: what a tenant pays for a month at least.
    """

    terms_id: str
    for_tenant: TenantId | None = None
    for_model: str | None = None
    price: PriceRule
    commission: Commission
    minimum: Price = Decimal(0)
    effective_from: datetime

    @property
    def scope(self) -> str:
        return scope(self.for_tenant, self.for_model)


def scope(tenant_id: TenantId | None, model: str | None) -> str:
    """What terms are for, as a key: a model's name has no space."""
    return f"{tenant_id or '*'} {model or '*'}"


class MonthToDate(Value):
    """What was settled this month under terms of one scope. It says which tier a call falls into."""

    tokens: int = 0
    price: Decimal = Decimal(0)


class Pricing(Value):
    """The rates in force when a call was authorised. The settle uses these, whatever came later.

    `so_far` is the month at that moment; the settle brings it up to its own.
    """

    system_rate: SystemRate
    terms: Terms
    so_far: MonthToDate = MonthToDate()


class Posting(Value):
    """One leg of a double entry. A transaction's debits equal its credits."""

    account: str
    side: Literal["debit", "credit"]
    amount: Decimal


class InTheWay(Value):
    """An open hold or a posted entry that takes up a budget. `entry`: its call key or adjustment id."""

    kind: Literal["hold", "entry"]
    entry: str
    amount: Decimal
