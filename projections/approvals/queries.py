from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import MAX_PAGE, Before, many, one


@dataclass(frozen=True, slots=True)
class Approval:
    """`deadline`: when it is too late to answer. `escalate_to` may answer as well from `escalated_at` on."""

    id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    execution_id: UUID
    node: str
    attempt: int
    purpose: str
    status: str
    message: str
    form: dict[str, Any] | None
    assignees: list[str]
    deadline: datetime
    escalate_at: datetime | None
    escalate_to: list[str]
    escalated_at: datetime | None
    approved: bool | None
    data: dict[str, Any] | None
    answered_by: str | None
    created_at: datetime
    closed_at: datetime | None


SELECT = f"SELECT {', '.join(field.name for field in fields(Approval))} FROM approvals"
LATEST = f"{SELECT} WHERE execution_id = %(id)s AND node = %(node)s ORDER BY attempt DESC LIMIT 1"
PAGE = f"""
{SELECT} WHERE (%(status)s::text IS NULL OR status = %(status)s)
    AND (%(tenant_id)s::uuid IS NULL OR tenant_id = %(tenant_id)s)
    AND (%(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(id)s))
    AND (%(names)s::text[] IS NULL OR assignees = '{{}}' OR assignees && %(names)s
        OR (escalated_at IS NOT NULL AND escalate_to && %(names)s))
ORDER BY created_at DESC, id DESC LIMIT %(limit)s
"""


async def get(conn: Connection, execution_id: UUID, node: str) -> Approval | None:
    """The latest at that step."""
    return await one(conn, Approval, LATEST, {"id": execution_id, "node": node})


async def list_page(
    conn: Connection,
    before: Before | None = None,
    limit: int = 50,
    status: str | None = None,
    tenant_id: UUID | None = None,
    answerable_by: Sequence[str] | None = None,
) -> list[Approval]:
    """Newest first. `answerable_by`: a user's id, e-mail address and role. Nobody named means anybody."""
    at, id_ = before or (None, None)
    params = {
        "status": status,
        "tenant_id": tenant_id,
        "at": at,
        "id": id_,
        "names": list(answerable_by) if answerable_by is not None else None,
        "limit": max(1, min(limit, MAX_PAGE)),
    }
    return await many(conn, Approval, PAGE, params)
