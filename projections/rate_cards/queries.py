from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many


@dataclass(frozen=True, slots=True)
class SystemRate:
    """US dollars per million tokens. `in_force`: the newest rate of its model that has begun."""

    rate_id: str
    model: str
    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    reasoning: Decimal
    effective_from: datetime
    in_force: bool


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    terms_id: str
    partner_id: UUID
    markup_percent: Decimal
    commission_percent: Decimal
    effective_from: datetime
    in_force: bool


IN_FORCE = """
effective_from <= %(now)s AND effective_from = max(effective_from)
    FILTER (WHERE effective_from <= %(now)s) OVER (PARTITION BY {of}) AS in_force
"""


def select(row: type[SystemRate] | type[PartnerTerms], table: str, of: str) -> str:
    columns = ", ".join(field.name for field in fields(row) if field.name != "in_force")
    return f"SELECT {columns}, {IN_FORCE.format(of=of)} FROM {table}"


RATES = select(SystemRate, "system_rates", "model") + " ORDER BY model, effective_from DESC"
TERMS = (
    select(PartnerTerms, "partner_terms", "partner_id")
    + " WHERE partner_id = %(partner_id)s ORDER BY effective_from DESC"
)


async def system_rates(conn: Connection, now: datetime) -> list[SystemRate]:
    """By model, newest first, with future and past rates."""
    return await many(conn, SystemRate, RATES, {"now": now})


async def terms_of(conn: Connection, partner_id: UUID, now: datetime) -> list[PartnerTerms]:
    return await many(conn, PartnerTerms, TERMS, {"partner_id": partner_id, "now": now})
