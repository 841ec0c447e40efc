from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many

MOST = 5_000
"""Rows of one answer: history beyond it is asked for by model."""


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


def select(row: type[SystemRate] | type[PartnerTerms], table: str, of: str, where: str, order: str) -> str:
    columns = ", ".join(field.name for field in fields(row) if field.name != "in_force")
    history = f"SELECT {columns}, position, {IN_FORCE.format(of=of)} FROM {table} WHERE {where}"
    names = f"{columns}, in_force"
    wanted = f"SELECT {names} FROM ({history}) AS history WHERE in_force OR NOT %(in_force)s"
    return f"{wanted} ORDER BY {order}, effective_from DESC, position DESC LIMIT {MOST}"


RATES = select(
    SystemRate, "system_rates", "model", "%(model)s::text IS NULL OR model = %(model)s", order="model"
)
TERMS = select(
    PartnerTerms,
    "partner_terms",
    "partner_id, for_tenant, for_model",
    "partner_id = %(partner_id)s",
    order="for_tenant NULLS FIRST, for_model NULLS FIRST",
)


async def system_rates(
    conn: Connection, now: datetime, model: str | None = None, in_force: bool = False
) -> list[SystemRate]:
    """By model, newest first, with future, past and withdrawn rates unless only those in force."""
    return await many(conn, SystemRate, RATES, {"now": now, "model": model, "in_force": in_force})


async def terms_of(
    conn: Connection, partner_id: UUID, now: datetime, in_force: bool = False
) -> list[PartnerTerms]:
    """By scope, widest first; of each the newest first."""
    params = {"partner_id": partner_id, "now": now, "in_force": in_force}
    return await many(conn, PartnerTerms, TERMS, params)
