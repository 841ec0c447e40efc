from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

SELECT = "SELECT id, tenant_id, name, published, hash, definition, created_at, updated_at FROM workflows"
VERSIONS = """
SELECT number, hash, created_at AS published_at, definition
FROM workflow_versions WHERE workflow_id = %(id)s ORDER BY number
"""


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
class WorkflowVersion:
    number: int
    hash: str
    published_at: datetime
    definition: dict[str, Any]


async def get(conn: Connection, workflow_id: UUID) -> tuple[Workflow, list[WorkflowVersion]] | None:
    """The workflow and its published versions, oldest first."""
    workflow = await one(conn, Workflow, f"{SELECT} WHERE id = %(id)s", {"id": workflow_id})
    if workflow is None:
        return None
    return workflow, await many(conn, WorkflowVersion, VERSIONS, {"id": workflow_id})


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, tenant_id: UUID | None = None
) -> list[Workflow]:
    return await page(conn, Workflow, SELECT, before, limit, tenant_id=tenant_id)
