from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many

MOST = 1_000
"""Rows of one answer; history beyond it is asked for by model or partner."""


@dataclass(frozen=True, slots=True)
class SystemRate:
    """US dollars per million tokens, per request, image and minute of audio.

    `in_force`: the newest rate of its model that has begun.
    """

    rate_id: str
    model: str
    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    reasoning: Decimal
    request: Decimal
    image: Decimal
    audio_minute: Decimal
    effective_from: datetime
    set_by: str
    created_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """`in_force`: the newest of its tenant and model that have begun; narrower ones may go before them."""

    terms_id: str
    partner_id: UUID
    for_tenant: UUID | None
    for_model: str | None
    price: dict[str, Any]
    commission: dict[str, Any]
    minimum: Decimal
    effective_from: datetime
    set_by: str
    created_at: datetime
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    in_force: bool


BEGUN = "effective_from <= %(now)s AND withdrawn_at IS NULL"
IN_FORCE = f"""
{BEGUN} AND effective_from = max(effective_from) FILTER (WHERE {BEGUN}) OVER (PARTITION BY {{of}}) AS in_force
"""


def select(row: type[SystemRate] | type[PartnerTerms], table: str, of: str) -> str:
    columns = ", ".join(field.name for field in fields(row) if field.name != "in_force")
    return f"SELECT {columns}, {IN_FORCE.format(of=of)} FROM {table}"


RATES = select(SystemRate, "system_rates", "model") + (
    " WHERE %(model)s::text IS NULL OR model = %(model)s"
    f" ORDER BY model, effective_from DESC, position DESC LIMIT {MOST}"
)
TERMS = select(PartnerTerms, "partner_terms", "partner_id, for_tenant, for_model") + (
    " WHERE partner_id = %(partner_id)s"
    " ORDER BY for_tenant NULLS FIRST, for_model NULLS FIRST, effective_from DESC, position DESC"
    f" LIMIT {MOST}"
)


async def system_rates(conn: Connection, now: datetime, model: str | None = None) -> list[SystemRate]:
    """By model, newest first, with future, past and withdrawn rates."""
    return await many(conn, SystemRate, RATES, {"now": now, "model": model})


async def terms_of(conn: Connection, partner_id: UUID, now: datetime) -> list[PartnerTerms]:
    """By scope, widest first; of each the newest first."""
    return await many(conn, PartnerTerms, TERMS, {"partner_id": partner_id, "now": now})
