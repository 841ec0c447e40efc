from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, one, page

SELECT = "SELECT id, tenant_id, name, model, hash, definition, created_at FROM agents"


@dataclass(frozen=True, slots=True)
class Agent:
    id: UUID
    tenant_id: UUID
    name: str
    model: str
    hash: str
    definition: dict[str, Any]
    created_at: datetime


async def get(conn: Connection, agent_id: UUID) -> Agent | None:
    return await one(conn, Agent, f"{SELECT} WHERE id = %(id)s", {"id": agent_id})


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, tenant_id: UUID | None = None
) -> list[Agent]:
    return await page(conn, Agent, SELECT, before, limit, tenant_id=tenant_id)
