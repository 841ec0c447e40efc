"""Ledger entries as they are read."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """`cost_usd` and `pricing` are the platform's business: leave them out for tenants."""

    id: UUID
    kind: str
    tenant_id: UUID
    partner_id: UUID | None
    stream: str
    version: int
    period: str
    job_id: UUID
    node: str
    attempt: int
    call_key: str
    model: str | None
    tokens_input: int
    tokens_output: int
    tokens_cache_read: int
    tokens_cache_write: int
    tokens_reasoning: int
    images: int
    audio_ms: int
    cost_usd: Decimal
    price_usd: Decimal
    commission_usd: Decimal
    pricing: dict[str, Any] | None
    postings: list[dict[str, Any]]
    degraded: bool
    quarantined: bool
    unplaced: list[str]
    recorded_at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Sums:
    entries: int
    tokens: int
    cost_usd: Decimal
    price_usd: Decimal
    commission_usd: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """What one attempt's call came to. An attempt makes one call at most."""

    node: str
    attempt: int
    kind: str
    degraded: bool
    tokens: int
    cost_usd: Decimal
    price_usd: Decimal
    commission_usd: Decimal


@dataclass(frozen=True, slots=True)
class BillLine:
    """What one model came to on a bill."""

    model: str
    calls: int
    tokens: int
    cost_usd: Decimal
    price_usd: Decimal
    commission_usd: Decimal
