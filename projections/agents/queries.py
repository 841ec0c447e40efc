from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

SELECT = "SELECT id, tenant_id, name, model, version, hash, definition, created_at FROM agents"
VERSIONS = """
SELECT number, name, hash, definition, created_at FROM agent_versions
WHERE agent_id = %(id)s AND number < %(before)s ORDER BY number DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Agent:
    id: UUID
    tenant_id: UUID
    name: str
    model: str
    version: int
    hash: str
    definition: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AgentVersion:
    number: int
    name: str
    hash: str
    definition: dict[str, Any]
    created_at: datetime


async def get(conn: Connection, agent_id: UUID) -> Agent | None:
    return await one(conn, Agent, f"{SELECT} WHERE id = %(id)s", {"id": agent_id})


async def versions(conn: Connection, agent_id: UUID, before: int, limit: int) -> list[AgentVersion]:
    """Those before a number, newest first."""
    return await many(conn, AgentVersion, VERSIONS, {"id": agent_id, "before": before, "limit": limit})


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, tenant_id: UUID | None = None
) -> list[Agent]:
    return await page(conn, Agent, SELECT, before, limit, tenant_id=tenant_id)
