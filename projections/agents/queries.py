from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, one, page

COLUMNS = "id, tenant_id, name, model, hash, created_at"
SUMMARY = f"SELECT {COLUMNS} FROM agents"
DETAIL = f"SELECT {COLUMNS}, definition FROM agents WHERE id = %(id)s"


@dataclass(frozen=True, slots=True)
class AgentSummary:
    id: UUID
    tenant_id: UUID
    name: str
    model: str
    hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Agent(AgentSummary):
    definition: dict[str, Any]


async def get(conn: Connection, agent_id: UUID) -> Agent | None:
    return await one(conn, Agent, DETAIL, {"id": agent_id})


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, tenant_id: UUID | None = None
) -> list[AgentSummary]:
    return await page(conn, AgentSummary, SUMMARY, before, limit, tenant_id=tenant_id)
