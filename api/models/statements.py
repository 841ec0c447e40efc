"""Statements of a month. Money as strings in US dollars; what a role may not see is absent."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.models.billing import Amounts
from api.models.common import ID, OTHER_ID, Number, example


class TenantLine(Amounts):
    """`kind` is usage, an adjustment's kind, reversal or credit_note."""

    kind: str
    source_kind: str
    source_id: str
    source_name: str
    model: str
    about_period: str
    calls: int
    tokens: int


class TenantStatement(Amounts):
    model_config = example(
        tenant_id=OTHER_ID,
        period="2026-11",
        currency="USD",
        calls=12,
        tokens=5160,
        price="0.000612000000",
        lines=[
            {
                "kind": "usage",
                "source_kind": "workflow",
                "source_id": ID,
                "source_name": "Answer mails",
                "model": "local/smollm2",
                "about_period": "",
                "calls": 12,
                "tokens": 5160,
                "price": "0.000612000000",
            }
        ],
    )

    tenant_id: UUID
    period: str
    currency: Literal["USD"] = "USD"
    calls: int
    tokens: int
    lines: list[TenantLine]


class TenantEarning(BaseModel):
    tenant_id: UUID
    calls: int
    price: Number
    commission: Number


class PartnerStatement(BaseModel):
    """What each tenant paid and brought the partner. `due` is the commission earned, not paid out yet."""

    model_config = example(
        partner_id=ID,
        period="2026-11",
        currency="USD",
        price="121.030000000000",
        commission="24.206000000000",
        due="24.206000000000",
        tenants=[
            {
                "tenant_id": OTHER_ID,
                "calls": 1204,
                "price": "121.030000000000",
                "commission": "24.206000000000",
            }
        ],
    )

    partner_id: UUID
    period: str
    currency: Literal["USD"] = "USD"
    price: Number
    commission: Number
    due: Number
    tenants: list[TenantEarning]


class Result(BaseModel):
    price: Number
    commission: Number
    revenue: Number
    cost: Number
    margin: Number


class ProviderLine(Result):
    """`provider` is empty for what no call brought."""

    provider: str
    calls: int


class PlatformStatement(Result):
    """Revenue is what is left of the prices after commissions; margin, after what providers cost."""

    model_config = example(
        period="2026-11",
        currency="USD",
        price="121.03",
        commission="24.206",
        revenue="96.824",
        cost="93.1",
        margin="3.724",
        providers=[
            {
                "provider": "local",
                "calls": 1204,
                "price": "121.03",
                "commission": "24.206",
                "revenue": "96.824",
                "cost": "93.1",
                "margin": "3.724",
            }
        ],
    )

    period: str
    currency: Literal["USD"] = "USD"
    providers: list[ProviderLine]


class IdentityCheck(BaseModel):
    name: str
    left: Number
    right: Number
    difference: Number
    holds: bool


class IdentityReport(BaseModel):
    """The published identity over everything you may see."""

    model_config = example(
        period="2026-11",
        holds=True,
        checks=[
            {
                "name": "prices = commissions + platform revenue",
                "left": "121.03",
                "right": "121.03",
                "difference": "0",
                "holds": True,
            }
        ],
    )

    period: str
    holds: bool
    checks: list[IdentityCheck]
