"""Invoices with defaults, and the end of a month."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from pydantic_core import to_json

from contexts.billing.document_policies import invoice_id
from contexts.billing.facts_invoices import DocumentFacts
from contexts.billing.issuer import Issuer
from contexts.billing.tax_rates import TaxRates
from infra.eventstore.mapper import recorded
from infra.eventstore.types import Batch, Row
from schemas.base import TenantId
from schemas.billing.corrections import AdjustmentPosted, EntryReversed, PeriodClosed
from schemas.billing.events import CallSettled
from schemas.billing.invoices import DrawUpInvoice, InvoiceNumbered, InvoiceRequested, MonthLine
from schemas.billing.issuers import Branding
from schemas.billing.taxes import TaxProfile, TaxRate
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.harness import Harness
from tests.support.months import PERIOD

INVOICE_ID = invoice_id(TENANT_ID, PERIOD)
INVOICE = f"invoice-{INVOICE_ID}"
ISSUER = f"issuer-{PARTNER_ID}"
START = datetime(2020, 1, 1, tzinfo=UTC)
ENTRIES = (CallSettled, EntryReversed, AdjustmentPosted)
NOTHING = Decimal(0)


def branding(**changes: Any) -> Branding:
    defaults = {"name": "Northwind GmbH", "address": ("Speicherstraße 12", "20457 Hamburg"), "country": "DE"}
    return Branding(**{**defaults, **changes})


def buyer_profile(**changes: Any) -> TaxProfile:
    return TaxProfile(**{"name": "Acme AG", "country": "DE", **changes})


def tax_rates(**percents: str) -> TaxRates:
    found = percents or {"DE": "19"}
    return TaxRates({country: (tax_rate(country, percent),) for country, percent in found.items()})


def tax_rate(country: str, percent: str, start: datetime = START) -> TaxRate:
    return TaxRate(jurisdiction=country, name="VAT", percent=Decimal(percent), effective_from=start)


def document_facts(**changes: Any) -> DocumentFacts:
    defaults = {
        "issuer": Issuer("INV", branding()),
        "rates": tax_rates(),
        "profile": buyer_profile(),
        "tenant_name": "Acme",
    }
    return DocumentFacts(**{**defaults, **changes})


def requested(price: str = "10", tenant_id: TenantId = TENANT_ID, period: str = PERIOD) -> InvoiceRequested:
    return InvoiceRequested(
        invoice_id=invoice_id(tenant_id, period),
        tenant_id=tenant_id,
        partner_id=PARTNER_ID,
        period=period,
        price=Decimal(price),
    )


def month_line(price: str = "10", **changes: Any) -> MonthLine:
    defaults = {
        "kind": "usage",
        "source_kind": "workflow",
        "source_id": "w1",
        "source_name": "Answer mails",
        "model": "local/smollm2",
        "about_period": "",
        "calls": 3,
        "tokens": 900,
        "price": Decimal(price),
    }
    return MonthLine(**{**defaults, **changes})


def draw_up(*lines: MonthLine, **changes: Any) -> DrawUpInvoice:
    defaults = {"invoice_id": INVOICE_ID, "tenant_id": TENANT_ID, "partner_id": PARTNER_ID}
    return DrawUpInvoice(**{**defaults, "months": lines or (month_line(),), **changes})


def close_month(h: Harness, tenant_id: TenantId = TENANT_ID, period: str = PERIOD) -> UUID:
    """Writes the end of a ledger as its closing does; returns the id of the invoice that follows."""
    stream = f"ledger-{tenant_id}-{period}"
    rows = h.store.streams({stream: 0})
    entries = [e for e in (recorded(row).event for row in rows) if isinstance(e, ENTRIES)]
    event = PeriodClosed(
        tenant_id=tenant_id,
        partner_id=PARTNER_ID,
        period=period,
        entries=len(entries),
        cost=sum((entry.cost for entry in entries), NOTHING),
        price=sum((entry.price for entry in entries), NOTHING),
        commission=sum((entry.commission for entry in entries), NOTHING),
        last_version=len(rows),
    )
    h.store.commit(Batch(NOW, rows=[row(stream, len(rows) + 1, event, tenant_id)]))
    return invoice_id(tenant_id, period)


def post(
    h: Harness,
    event: CallSettled | AdjustmentPosted,
    tenant_id: TenantId = TENANT_ID,
    period: str = PERIOD,
) -> None:
    stream = f"ledger-{tenant_id}-{period}"
    version = len(h.store.streams({stream: 0})) + 1
    h.store.commit(Batch(NOW, rows=[row(stream, version, event, tenant_id)]))


def row(stream: str, version: int, event: Any, tenant_id: TenantId) -> Row:
    return Row(
        stream=stream,
        version=version,
        type=event.type_name,
        type_version=event.type_version,
        data=to_json(event),
        tenant_id=tenant_id,
        partner_id=PARTNER_ID,
        actor="system:tests",
        message_id=uuid4(),
        correlation_id=uuid4(),
        traceparent=None,
        recorded_at=NOW,
    )


def numbered(h: Harness, id_: UUID) -> InvoiceNumbered:
    [found] = [e for e in h.events(f"invoice-{id_}") if isinstance(e, InvoiceNumbered)]
    return found
