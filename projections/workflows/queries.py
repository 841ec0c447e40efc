from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

SELECT = "SELECT id, tenant_id, name, published, hash, definition, created_at, updated_at FROM workflows"
COLUMNS = "number, hash, deprecated, rolled_back_to, created_at AS published_at"
VERSIONS = f"""
SELECT {COLUMNS} FROM workflow_versions
WHERE workflow_id = %(id)s AND number < %(before)s ORDER BY number DESC LIMIT %(limit)s
"""
VERSION = (
    f"SELECT {COLUMNS}, release FROM workflow_versions WHERE workflow_id = %(id)s AND number = %(number)s"
)


@dataclass(frozen=True, slots=True)
class Workflow:
    """`definition` is the draft; `published` and `hash` are of the newest published version."""

    id: UUID
    tenant_id: UUID
    name: str
    published: int | None
    hash: str | None
    definition: dict[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VersionSummary:
    number: int
    hash: str
    deprecated: bool
    rolled_back_to: int | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class WorkflowVersion(VersionSummary):
    release: dict[str, Any]


async def get(conn: Connection, workflow_id: UUID) -> Workflow | None:
    return await one(conn, Workflow, f"{SELECT} WHERE id = %(id)s", {"id": workflow_id})


async def version(conn: Connection, workflow_id: UUID, number: int) -> WorkflowVersion | None:
    return await one(conn, WorkflowVersion, VERSION, {"id": workflow_id, "number": number})


async def versions(conn: Connection, workflow_id: UUID, before: int, limit: int) -> list[VersionSummary]:
    """Those before a number, newest first."""
    params = {"id": workflow_id, "before": before, "limit": limit}
    return await many(conn, VersionSummary, VERSIONS, params)


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, tenant_id: UUID | None = None
) -> list[Workflow]:
    return await page(conn, Workflow, SELECT, before, limit, tenant_id=tenant_id)
