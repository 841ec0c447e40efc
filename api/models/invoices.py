"""Invoices and credit notes. Money as strings in US dollars."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Number, example
from api.rows.invoices import InvoiceStatus
from schemas.billing.invoices import Buyer, CreditLine, Reason
from schemas.billing.taxes import Taxation


class InvoiceSummary(BaseModel):
    """`number` and the amounts are there once it is drawn up; `problem` says what it waits for."""

    id: UUID
    tenant_id: UUID
    period: str
    status: InvoiceStatus
    currency: Literal["USD"]
    number: str | None
    total: Number | None
    due: Number | None
    credited: Number
    issued_at: datetime | None
    due_at: datetime | None
    document_hash: str | None
    problem: str | None


class Line(BaseModel):
    """`amount` is what is invoiced, `price` what it was rounded from."""

    kind: str
    source_kind: str
    source_id: str
    source_name: str
    model: str
    about_period: str
    calls: int
    tokens: int
    price: Number
    amount: Number


class CreditNote(BaseModel):
    model_config = example(
        id=ID,
        invoice_id=OTHER_ID,
        number="NW-CN-000003",
        reason="answered twice",
        subtotal="120.00",
        tax="22.80",
        total="142.80",
        issued_at=NOW,
        document_hash="ab" * 32,
    )

    id: UUID
    invoice_id: UUID
    number: str
    reason: str
    subtotal: Number
    tax: Number
    total: Number
    issued_at: datetime
    document_hash: str | None


SUMMARY: dict[str, Any] = {
    "id": ID,
    "tenant_id": OTHER_ID,
    "period": "2026-11",
    "status": "issued",
    "currency": "USD",
    "number": "NW-000042",
    "total": "14.68",
    "due": "14.68",
    "credited": "0",
    "issued_at": NOW,
    "due_at": NOW,
    "document_hash": "ab" * 32,
    "problem": None,
}


class Invoice(InvoiceSummary):
    model_config = example(
        **SUMMARY,
        subtotal="12.34",
        tax="2.34",
        prepaid="0",
        taxation={"treatment": "domestic", "jurisdiction": "DE", "name": "VAT", "percent": "19", "note": ""},
        buyer={"tenant_id": OTHER_ID, "name": "Acme AG", "address": [], "country": "DE", "vat_id": None},
        lines=[],
        credit_notes=[],
    )

    subtotal: Number | None
    tax: Number | None
    prepaid: Number | None
    taxation: Taxation | None
    buyer: Buyer | None
    lines: list[Line]
    credit_notes: list[CreditNote]


class InvoicePage(BaseModel):
    model_config = example(items=[SUMMARY], next_cursor=None)

    items: list[InvoiceSummary]
    next_cursor: str | None


class CreditBody(Body):
    """Amounts are net of tax, which is taken back in proportion."""

    model_config = example(
        reason="answered twice", lines=[{"description": "Repeated calls", "amount": "120.00"}]
    )

    reason: Reason
    lines: tuple[CreditLine, ...] = Field(min_length=1, max_length=50)
