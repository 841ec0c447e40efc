"""Rates and terms. Money as strings of US dollars: per million tokens, per request, image, audio minute."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Number, example
from schemas.billing.cards import Card
from schemas.billing.types import MONTH, Commission, Model, Price, PriceRule, TokenRates

MODEL = "openai/gpt-4o-mini"
RATE_ID = f"rate:{MODEL}:2027-01-01T00:00:00+00:00"
TERMS_ID = f"terms:{ID}:2027-01-01T00:00:00+00:00"
TOKENS = {"input": "0.15", "output": "0.60", "cache_read": "0.075", "cache_write": "0.15"}
ALL_RATES = TOKENS | {"reasoning": "0.60", "request": "0", "image": "0", "audio_minute": "0"}
GRADUATED: dict[str, Any] = {
    "kind": "graduated",
    "of": "tokens",
    "tiers": [
        {"above": "0", "price": {"kind": "percent", "markup_percent": "30"}},
        {"above": "10000000", "price": {"kind": "percent", "markup_percent": "20"}},
    ],
}
From = Annotated[
    AwareDatetime | None, Field(description="From when on. Absent: from now. Never in the past, once set.")
]


class SystemRateBody(Body):
    model_config = example(model=MODEL, rates=TOKENS, effective_from="2027-01-01T00:00:00Z")

    model: Model
    rates: TokenRates
    effective_from: From = None


class PartnerTermsBody(Body):
    """`for_tenant` and `for_model` narrow it down: the narrowest terms win."""

    model_config = example(
        partner_id=ID,
        for_tenant=None,
        for_model=MODEL,
        price=GRADUATED,
        commission={"percent": "40", "of": "margin"},
        minimum="25",
        effective_from="2027-01-01T00:00:00Z",
    )

    partner_id: UUID
    for_tenant: UUID | None = None
    for_model: Model | None = None
    price: PriceRule
    commission: Commission
    minimum: Price = Decimal(0)
    effective_from: From = None


class Entry(BaseModel):
    """`in_force` now. Who set it and who took it back, with when, is kept for ever."""

    effective_from: datetime
    in_force: bool
    set_by: str
    set_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None


HISTORY = {
    "effective_from": NOW,
    "in_force": True,
    "set_by": f"user:{OTHER_ID}",
    "set_at": NOW,
    "withdrawn_by": None,
    "withdrawn_at": None,
}


class SystemRate(Entry):
    rate_id: str
    model: str
    rates: TokenRates


class SystemRates(BaseModel):
    model_config = example(items=[HISTORY | {"rate_id": RATE_ID, "model": MODEL, "rates": ALL_RATES}])

    items: list[SystemRate]


class PartnerTerms(Entry):
    terms_id: str
    partner_id: UUID
    for_tenant: UUID | None
    for_model: str | None
    price: PriceRule
    commission: Commission
    minimum: Number


AGREED = {"terms_id": TERMS_ID, "partner_id": ID, "for_tenant": None, "for_model": MODEL} | {
    "price": {"kind": "percent", "markup_percent": "30", "floor": None, "cap": None},
    "commission": {"percent": "20", "of": "price", "may_be_negative": False},
    "minimum": "0",
}


class PartnerTermsList(BaseModel):
    model_config = example(items=[HISTORY | AGREED])

    items: list[PartnerTerms]


class PriceTier(BaseModel):
    """The price from so much of the month on."""

    above: Number
    rates: dict[str, Number]


class ModelPrice(BaseModel):
    """`flat` has one tier. `of`: what the tiers count. A `package` is so much for so many tokens begun."""

    model: str
    kind: Literal["flat", "graduated", "volume", "package"]
    of: Literal["tokens", "price"] | None
    tiers: list[PriceTier]
    package_tokens: int | None
    package_price: Number | None
    monthly_minimum: Number


class PriceList(BaseModel):
    model_config = example(
        tenant_id=OTHER_ID,
        currency="USD",
        items=[
            {
                "model": MODEL,
                "kind": "flat",
                "of": None,
                "tiers": [{"above": "0", "rates": {"input": "0.195", "output": "0.78"}}],
                "package_tokens": None,
                "package_price": None,
                "monthly_minimum": "0",
            }
        ],
    )

    tenant_id: UUID
    currency: Literal["USD"] = "USD"
    items: list[ModelPrice]


class SimulationBody(Body):
    """A past period under another card. What the card does not name stays as it was."""

    model_config = example(
        period="2026-10",
        partner_id=None,
        card={
            "system": [{"model": MODEL, "rates": TOKENS}],
            "partners": [{"partner_id": ID, "price": GRADUATED, "commission": {"percent": "20"}}],
        },
    )

    period: Annotated[str, Field(pattern=MONTH)]
    partner_id: UUID | None = None
    card: Card


class Sums(BaseModel):
    cost: Number
    price: Number
    commission: Number


class Compared(BaseModel):
    """`difference`: what the card adds to what it was."""

    calls: int
    was: Sums
    would_be: Sums
    difference: Sums


class PartnerCompared(Compared):
    partner_id: UUID


class TenantCompared(PartnerCompared):
    tenant_id: UUID


WAS = {"cost": "1.5", "price": "1.95", "commission": "0.39"}
WOULD_BE = {"cost": "1.5", "price": "1.8", "commission": "0.36"}
COMPARED: dict[str, Any] = {
    "calls": 12,
    "was": WAS,
    "would_be": WOULD_BE,
    "difference": {"cost": "0", "price": "-0.15", "commission": "-0.03"},
}


class Simulated(BaseModel):
    model_config = example(
        period="2026-10",
        currency="USD",
        total=COMPARED,
        partners=[COMPARED | {"partner_id": ID}],
        tenants=[COMPARED | {"partner_id": ID, "tenant_id": OTHER_ID}],
    )

    period: str
    currency: Literal["USD"] = "USD"
    total: Compared
    partners: list[PartnerCompared]
    tenants: list[TenantCompared]
