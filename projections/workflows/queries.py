from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page

COLUMNS = "id, tenant_id, name, published, created_at, updated_at"
SUMMARY = f"SELECT {COLUMNS} FROM workflows"
DETAIL = f"SELECT {COLUMNS}, definition FROM workflows WHERE id = %(id)s"
VERSIONS = """
SELECT number, hash, created_at AS published_at, definition
FROM workflow_versions WHERE workflow_id = %(id)s ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class WorkflowSummary:
    """`published` is the number of the newest published version."""

    id: UUID
    tenant_id: UUID
    name: str
    published: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Workflow(WorkflowSummary):
    """`definition` is the draft."""

    definition: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WorkflowVersion:
    number: int
    hash: str
    published_at: datetime
    definition: dict[str, Any]


async def get(conn: Connection, workflow_id: UUID) -> tuple[Workflow, list[WorkflowVersion]] | None:
    """The workflow and its published versions, oldest first."""
    workflow = await one(conn, Workflow, DETAIL, {"id": workflow_id})
    if workflow is None:
        return None
    return workflow, await many(conn, WorkflowVersion, VERSIONS, {"id": workflow_id})


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, tenant_id: UUID | None = None
) -> list[WorkflowSummary]:
    return await page(conn, WorkflowSummary, SUMMARY, before, limit, tenant_id=tenant_id)
