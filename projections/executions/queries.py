from dataclasses import fields
from uuid import UUID

from projections.executions.rows import Execution, ExecutionSummary, Step
from projections.kernel import Connection
from projections.reading import Before, many, one, page


def columns(row: type[ExecutionSummary] | type[Step]) -> str:
    return ", ".join(field.name for field in fields(row))


SUMMARY = f"SELECT {columns(ExecutionSummary)} FROM executions"
DETAIL = f"SELECT {columns(Execution)} FROM executions WHERE id = %(id)s"
STEPS = f"SELECT {columns(Step)} FROM execution_steps WHERE execution_id = %(id)s ORDER BY created_at, node"


async def get(conn: Connection, execution_id: UUID) -> tuple[Execution, list[Step]] | None:
    """The run and its steps in the order they began."""
    execution = await one(conn, Execution, DETAIL, {"id": execution_id})
    if execution is None:
        return None
    return execution, await many(conn, Step, STEPS, {"id": execution_id})


async def list_page(
    conn: Connection,
    before: Before | None = None,
    limit: int = 50,
    tenant_id: UUID | None = None,
    status: str | None = None,
) -> list[ExecutionSummary]:
    """Without inputs and outputs, which may be large."""
    return await page(conn, ExecutionSummary, SUMMARY, before, limit, tenant_id=tenant_id, status=status)
