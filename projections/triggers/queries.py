from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, one, page

# A tick is waited for by an enabled trigger of the clock only, whatever was planned before.
SELECT = """
SELECT id, tenant_id, name, workflow_id, nullif(version, 0) AS version, nullif(hash, '') AS hash, definition,
    enabled, CASE WHEN enabled AND definition ->> 'type' = 'cron' THEN next_tick END AS next_tick,
    created_at, updated_at
FROM triggers
"""
DELIVERIES = """
SELECT id, trigger_id, occurrence, at, until, ticks, status, problem, event_position, created_at
FROM trigger_deliveries
"""
HOOK = """
SELECT id, tenant_id, partner_id, enabled, definition, secret_ciphertext FROM triggers
WHERE id = %(id)s AND definition ->> 'type' = 'webhook'
"""


@dataclass(frozen=True, slots=True)
class Trigger:
    """`version` and `hash` are None when it starts the newest version."""

    id: UUID
    tenant_id: UUID
    name: str
    workflow_id: UUID
    version: int | None
    hash: str | None
    definition: dict[str, Any]
    enabled: bool
    next_tick: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    id: UUID
    trigger_id: UUID
    occurrence: str
    at: datetime
    until: datetime | None
    ticks: int | None
    status: str
    problem: dict[str, Any] | None
    event_position: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Hook:
    """What is needed to check a call from outside."""

    id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    enabled: bool
    definition: dict[str, Any]
    secret_ciphertext: str


async def get(conn: Connection, trigger_id: UUID) -> Trigger | None:
    return await one(conn, Trigger, f"{SELECT} WHERE id = %(id)s", {"id": trigger_id})


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, tenant_id: UUID | None = None
) -> list[Trigger]:
    return await page(conn, Trigger, SELECT, before, limit, tenant_id=tenant_id)


async def deliveries(
    conn: Connection, trigger_id: UUID, before: Before | None = None, limit: int = 50
) -> list[Delivery]:
    return await page(conn, Delivery, DELIVERIES, before, limit, trigger_id=trigger_id)


async def delivery(conn: Connection, trigger_id: UUID, occurrence: str) -> Delivery | None:
    query = f"{DELIVERIES} WHERE trigger_id = %(trigger_id)s AND occurrence = %(occurrence)s"
    return await one(conn, Delivery, query, {"trigger_id": trigger_id, "occurrence": occurrence})


async def hook(conn: Connection, trigger_id: UUID) -> Hook | None:
    return await one(conn, Hook, HOOK, {"id": trigger_id})
