"""Invoices as the edge works with them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol
from uuid import UUID

from schemas.base import PartnerId, TenantId
from schemas.billing.invoices import CreditNoteFace, InvoiceFace
from schemas.billing.issuers import Branding

InvoiceStatus = Literal["requested", "blocked", "skipped", "numbered", "issued"]


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """`face` and `document_hash` are there once it is issued; `credited`: what its credit notes come to."""

    id: UUID
    tenant_id: TenantId
    partner_id: PartnerId | None
    period: str
    status: InvoiceStatus
    price: Decimal
    created_at: datetime
    problem_code: str | None = None
    problem_detail: str | None = None
    face: InvoiceFace | None = None
    document_hash: str | None = None
    credited: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class CreditNoteRow:
    id: UUID
    tenant_id: TenantId
    invoice_id: UUID
    face: CreditNoteFace
    document_hash: str | None


@dataclass(frozen=True, slots=True)
class IssuerRow:
    partner_id: PartnerId
    prefix: str
    branding: Branding


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices are wanted; None: whatever it is."""

    tenant_id: UUID | None = None
    period: str | None = None
    status: InvoiceStatus | None = None


class MonthRunRow(Protocol):
    """A run's part of a month, by model."""

    @property
    def run(self) -> str: ...

    @property
    def price(self) -> Decimal: ...


class MonthEntryRow(Protocol):
    """A ledger entry of a month."""

    @property
    def id(self) -> UUID: ...

    @property
    def recorded_at(self) -> datetime: ...

    @property
    def ref(self) -> str: ...
