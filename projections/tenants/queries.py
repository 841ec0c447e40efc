from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

SELECT = """
SELECT id, partner_id, name, subdomain, owner_user_id, nullif(monthly_budget, -1) AS monthly_budget,
    status, status_reason, nullif(max_runs, 0) AS max_runs, settings, branding,
    nullif(closing_at, 'infinity') AS closing_at, closed_at, created_at, updated_at
FROM tenants
"""
OPEN_NAMED = f"{SELECT} WHERE subdomain = %(subdomain)s AND status <> 'closed'"
HOLDS = """
SELECT cause, held, reason, updated_at AS since FROM tenant_holds
WHERE tenant_id = %(tenant_id)s ORDER BY cause
"""
REVIEW_AFTER = timedelta(days=30)
"""Dunning ends with a payment, closing with its date. What a person did, a person looks at again."""

BY_HAND = ("operator", "partner")
TO_REVIEW = """
SELECT count(*) FROM tenant_holds WHERE cause = ANY(%(by_hand)s) AND updated_at <= %(until)s
"""


@dataclass(frozen=True, slots=True)
class Tenant:
    id: UUID
    partner_id: UUID
    name: str
    subdomain: str
    owner_user_id: UUID | None
    monthly_budget: Decimal | None
    status: str
    status_reason: str | None
    max_runs: int | None
    settings: dict[str, Any] | None
    branding: dict[str, Any] | None
    closing_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a tenant is held back, for one cause."""

    cause: str
    held: str
    reason: str
    since: datetime


async def get(conn: Connection, tenant_id: UUID) -> Tenant | None:
    return await one(conn, Tenant, f"{SELECT} WHERE id = %(id)s", {"id": tenant_id})


async def by_subdomain(conn: Connection, subdomain: str) -> Tenant | None:
    """One that is not closed."""
    return await one(conn, Tenant, OPEN_NAMED, {"subdomain": subdomain})


async def holds(conn: Connection, tenant_id: UUID) -> list[Hold]:
    return await many(conn, Hold, HOLDS, {"tenant_id": tenant_id})


async def to_review(conn: Connection, now: datetime) -> int:
    """How often a tenant was held back by hand so long ago that somebody should decide what becomes of it."""
    params = {"by_hand": list(BY_HAND), "until": now - REVIEW_AFTER}
    found = await (await conn.execute(TO_REVIEW, params)).fetchone()
    return int(found[0]) if found else 0


async def list_page(
    conn: Connection,
    before: Before | None = None,
    limit: int = 50,
    partner_id: UUID | None = None,
    status: str | None = None,
) -> list[Tenant]:
    return await page(conn, Tenant, SELECT, before, limit, partner_id=partner_id, status=status)
