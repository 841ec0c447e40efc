from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from projections.kernel import Connection
from projections.reading import many, one

GET = """
SELECT tenant_id, coalesce(mode, 'postpaid') AS mode, balance_usd, held_usd FROM wallets
WHERE tenant_id = %(tenant_id)s
"""
NEWEST = """
SELECT id, amount_usd, source, expires_at, created_at FROM top_ups
WHERE tenant_id = %(tenant_id)s ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Wallet:
    tenant_id: UUID
    mode: str
    balance_usd: Decimal
    held_usd: Decimal


@dataclass(frozen=True, slots=True)
class TopUp:
    id: UUID
    amount_usd: Decimal
    source: str
    expires_at: datetime | None
    created_at: datetime


async def get(conn: Connection, tenant_id: UUID) -> Wallet | None:
    return await one(conn, Wallet, GET, {"tenant_id": tenant_id})


async def top_ups(conn: Connection, tenant_id: UUID, limit: int = 20) -> list[TopUp]:
    """Newest first."""
    return await many(conn, TopUp, NEWEST, {"tenant_id": tenant_id, "limit": limit})
