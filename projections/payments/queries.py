from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import MAX_PAGE, Before, many, one, page


@dataclass(frozen=True, slots=True)
class Payment:
    """`id` is the invoice's."""

    id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    number: str
    amount_usd: Decimal
    currency: str
    status: str
    due_at: datetime
    attempts: int
    provider: str | None
    reference: str | None
    kept_usd: Decimal | None
    code: str | None
    message: str | None
    paid_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentEntry:
    kind: str
    at: datetime
    amount_usd: Decimal
    attempt: int | None
    provider: str | None
    reference: str | None
    code: str | None
    reason: str | None
    postings: list[dict[str, Any]]


SELECT = f"SELECT {', '.join(field.name for field in fields(Payment))} FROM payments"
ENTRIES = f"""
SELECT {", ".join(field.name for field in fields(PaymentEntry))} FROM payment_entries
WHERE invoice_id = %(id)s ORDER BY position LIMIT %(limit)s
"""


async def get(conn: Connection, invoice_id: UUID) -> Payment | None:
    return await one(conn, Payment, f"{SELECT} WHERE id = %(id)s", {"id": invoice_id})


async def entries(conn: Connection, invoice_id: UUID) -> list[PaymentEntry]:
    """The first ones, oldest first."""
    return await many(conn, PaymentEntry, ENTRIES, {"id": invoice_id, "limit": MAX_PAGE})


async def list_page(
    conn: Connection,
    before: Before | None = None,
    limit: int = 50,
    tenant_id: UUID | None = None,
    status: str | None = None,
) -> list[Payment]:
    return await page(conn, Payment, SELECT, before, limit, tenant_id=tenant_id, status=status)
