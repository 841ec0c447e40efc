from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from projections.kernel import Connection
from projections.reading import MAX_PAGE, many, one
from schemas.billing.dunning import STANDARD, DunningStep
from schemas.billing.unpaid import Unpaid

MOST_UNPAID = 10_000
STEPS = TypeAdapter(tuple[DunningStep, ...])

EXEMPT = "CASE WHEN t.exempt THEN t.exempt_until END AS exempt_until"
CASES = f"""
SELECT c.id AS invoice_id, c.tenant_id, c.partner_id, c.amount_usd, c.steps, c.taken, c.due_at, {EXEMPT}
FROM dunning_cases c LEFT JOIN dunning_tenants t USING (tenant_id)
WHERE c.due_at IS NOT NULL ORDER BY c.due_at, c.id LIMIT %(limit)s
"""
WAITING = f"""
SELECT p.id AS invoice_id, p.tenant_id, p.partner_id, p.amount_usd, s.steps, 0 AS taken, p.due_at, {EXEMPT}
FROM payments p LEFT JOIN dunning_tenants t USING (tenant_id)
LEFT JOIN dunning_schedules s ON s.owner_id = p.partner_id
WHERE p.status = 'requested' ORDER BY p.due_at, p.id LIMIT %(limit)s
"""
STANDING = """
SELECT coalesce(level, 'none') AS level, CASE WHEN exempt THEN exempt_until END AS exempt_until,
    CASE WHEN exempt THEN exempt_reason END AS exempt_reason
FROM dunning_tenants WHERE tenant_id = %(tenant_id)s
"""
OF_TENANT = """
SELECT id, amount_usd, steps, taken, due_at, created_at FROM dunning_cases
WHERE tenant_id = %(tenant_id)s ORDER BY created_at, id LIMIT %(limit)s
"""
SCHEDULE = "SELECT steps FROM dunning_schedules WHERE owner_id = %(owner_id)s"


@dataclass(frozen=True, slots=True)
class Standing:
    level: str = "none"
    exempt_until: datetime | None = None
    exempt_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`id` is the invoice's."""

    id: UUID
    amount_usd: Decimal
    steps: Any
    taken: int
    due_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    invoice_id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    amount_usd: Decimal
    steps: Any
    taken: int
    due_at: datetime
    exempt_until: datetime | None


@dataclass(frozen=True, slots=True)
class Schedule:
    steps: Any


async def unpaid(conn: Connection) -> list[Unpaid]:
    """In dunning, or to be in it when its time to pay is over. The first ones, by when something is due."""
    cases = await many(conn, Row, CASES, {"limit": MOST_UNPAID})
    waiting = await many(conn, Row, WAITING, {"limit": MOST_UNPAID})
    return [shown(row, 0) for row in cases] + [
        shown(row, steps_of(row.steps)[0].after_days) for row in waiting
    ]


def shown(row: Row, days: int) -> Unpaid:
    return Unpaid(
        tenant_id=row.tenant_id,
        partner_id=row.partner_id,
        invoice_id=row.invoice_id,
        amount=row.amount_usd,
        steps=steps_of(row.steps),
        taken=row.taken,
        due_at=row.due_at + timedelta(days=days),
        exempt_until=row.exempt_until,
    )


def steps_of(stored: Any) -> tuple[DunningStep, ...]:
    return STEPS.validate_python(stored) if stored else STANDARD


async def standing(conn: Connection, tenant_id: UUID) -> Standing:
    return await one(conn, Standing, STANDING, {"tenant_id": tenant_id}) or Standing()


async def of_tenant(conn: Connection, tenant_id: UUID) -> Sequence[Case]:
    """The oldest ones."""
    return await many(conn, Case, OF_TENANT, {"tenant_id": tenant_id, "limit": MAX_PAGE})


async def schedule(conn: Connection, partner_id: UUID) -> tuple[DunningStep, ...]:
    found = await one(conn, Schedule, SCHEDULE, {"owner_id": partner_id})
    return steps_of(found.steps if found else None)
