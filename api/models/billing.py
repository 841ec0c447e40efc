"""Money as strings in US dollars. What a role may not see is absent, not null."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from api.models.common import ID, NOW, OTHER_ID, Number, example
from api.rows.billing import EntryKind
from schemas.billing.types import Posting, Pricing
from schemas.execution.chat import Usage


class Amounts(BaseModel):
    price: Number
    commission: Number | None = None
    cost: Number | None = None
    margin: Number | None = None


class LedgerEntry(Amounts):
    """One provider call, or a correction. `degraded`: the provider reported no usage and we counted.

    `quarantined`: it reported something we cannot place; the call is settled with what is known.

    `write_off`: nobody ever learned what became of the call, and it is not charged. `reversal`: an entry
    taken back. `adjustment`: anything else that was wrong or late. `about_period`: the month it is about.
    """

    ref: str
    position: int
    kind: EntryKind
    tenant_id: UUID
    recorded_at: datetime
    job_id: UUID | None
    node: str | None
    attempt: int | None
    model: str | None
    usage: Usage
    degraded: bool
    quarantined: bool
    source_kind: str | None
    source_id: UUID | None
    adjustment: str | None
    about_period: str | None
    reason: str | None
    pricing: Pricing | None = None
    postings: list[Posting] | None = None


ENTRY: dict[str, Any] = {
    "ref": f"ledger-{OTHER_ID}-2026-11@12",
    "position": 1051,
    "kind": "settle",
    "tenant_id": OTHER_ID,
    "recorded_at": NOW,
    "job_id": ID,
    "node": "draft",
    "attempt": 1,
    "model": "local/smollm2",
    "usage": {"input": 31, "output": 12, "cache_read": 0, "cache_write": 0, "reasoning": 0}
    | {"estimated": False},
    "degraded": False,
    "quarantined": False,
    "source_kind": "workflow",
    "source_id": ID,
    "adjustment": None,
    "about_period": None,
    "reason": None,
    "price": "0.000051",
}


class LedgerPage(BaseModel):
    model_config = example(items=[ENTRY], next_cursor=None)

    items: list[LedgerEntry]
    next_cursor: str | None


class BillLine(Amounts):
    model: str
    calls: int
    tokens: int


class BillCredit(BaseModel):
    period: str
    amount: Number


class Bill(Amounts):
    """One month of one tenant. `held` is reserved for calls not settled yet.

    `carried` is credit that earlier months left: the invoice takes it off, before tax; `price` is without it.
    """

    model_config = example(
        tenant_id=OTHER_ID,
        period="2026-11",
        currency="USD",
        calls=1,
        price="0.000051",
        held="0",
        lines=[{"model": "local/smollm2", "calls": 1, "tokens": 43, "price": "0.000051"}],
        carried=[{"period": "2026-10", "amount": "40.00"}],
    )

    tenant_id: UUID
    period: str
    currency: Literal["USD"] = "USD"
    calls: int
    held: Number
    lines: list[BillLine]
    carried: list[BillCredit]
