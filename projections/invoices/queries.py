from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from projections.kernel import Connection
from projections.reading import Before, many, one, page
from schemas.billing.carryover import CARRIED, CarriedCredit


@dataclass(frozen=True, slots=True)
class Invoice:
    """`face` is there once it is numbered; `credited` is what its credit notes come to."""

    id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    period: str
    status: str
    price: Decimal
    problem_code: str | None
    problem_detail: str | None
    number: str | None
    total: Decimal | None
    due: Decimal | None
    issued_at: datetime | None
    due_at: datetime | None
    document_hash: str | None
    face: dict[str, Any] | None
    created_at: datetime
    credited: Decimal


@dataclass(frozen=True, slots=True)
class CreditNote:
    id: UUID
    tenant_id: UUID
    partner_id: UUID | None
    invoice_id: UUID
    number: str
    total: Decimal
    reason: str
    issued_at: datetime
    document_hash: str | None
    face: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Issuer:
    id: UUID
    prefix: str
    branding: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TaxRate:
    jurisdiction: str
    name: str
    percent: Decimal
    effective_from: datetime


CREDITED = "(SELECT coalesce(sum(total), 0) FROM credit_notes WHERE invoice_id = invoices.id) AS credited"
COLUMNS = ", ".join(field.name for field in fields(Invoice) if field.name != "credited")
SELECT = f"SELECT {COLUMNS}, {CREDITED} FROM invoices"
NOTES = f"SELECT {', '.join(field.name for field in fields(CreditNote))} FROM credit_notes"
RATES = "SELECT jurisdiction, name, percent, effective_from FROM tax_rates"


async def get(conn: Connection, invoice_id: UUID) -> Invoice | None:
    return await one(conn, Invoice, f"{SELECT} WHERE id = %(id)s", {"id": invoice_id})


async def list_page(
    conn: Connection, before: Before | None = None, limit: int = 50, **equal: Any
) -> list[Invoice]:
    """Newest first; `equal` may be tenant_id, period and status."""
    return await page(conn, Invoice, SELECT, before, limit, **equal)


async def credit_note(conn: Connection, credit_note_id: UUID) -> CreditNote | None:
    return await one(conn, CreditNote, f"{NOTES} WHERE id = %(id)s", {"id": credit_note_id})


async def credit_notes(conn: Connection, invoice_id: UUID) -> list[CreditNote]:
    query = f"{NOTES} WHERE invoice_id = %(id)s ORDER BY issued_at, number"
    return await many(conn, CreditNote, query, {"id": invoice_id})


async def carried_to(conn: Connection, tenant_id: UUID, period: str) -> list[CarriedCredit]:
    """Of earlier months: what this month's invoice took; before there is one, what is there for it."""
    invoice = next(iter(await list_page(conn, limit=1, tenant_id=tenant_id, period=period)), None)
    if invoice and invoice.face:
        lines = [line for line in invoice.face["lines"] if line["kind"] == CARRIED]
        return [CarriedCredit(period=one["about_period"], amount=-Decimal(one["amount"])) for one in lines]
    if invoice and invoice.status == "skipped":
        return []
    query = "SELECT credits FROM carryovers WHERE tenant_id = %(id)s"
    row = await (await conn.execute(query, {"id": tenant_id})).fetchone()
    left = [CarriedCredit.model_validate(one) for one in row[0]] if row else []
    return [credit for credit in left if credit.period < period]


async def issuer(conn: Connection, partner_id: UUID) -> Issuer | None:
    query = "SELECT id, prefix, branding FROM issuers WHERE id = %(id)s"
    return await one(conn, Issuer, query, {"id": partner_id})


async def tax_profile(conn: Connection, tenant_id: UUID) -> dict[str, Any] | None:
    query = "SELECT profile FROM tax_profiles WHERE tenant_id = %(id)s"
    row = await (await conn.execute(query, {"id": tenant_id})).fetchone()
    return row[0] if row else None


async def tax_rates(conn: Connection) -> list[TaxRate]:
    """By country, newest first, with future and past ones."""
    return await many(conn, TaxRate, f"{RATES} ORDER BY jurisdiction, effective_from DESC", {})
