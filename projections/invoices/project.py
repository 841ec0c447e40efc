"""Invoices and credit notes, who issues them, and what taxes they bear."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import insert, merge
from schemas.base import PLATFORM
from schemas.billing import invoices as i
from schemas.billing.carryover import CreditCarried
from schemas.billing.issuers import IssuerSet
from schemas.billing.taxes import TaxProfileSet, TaxRateSet
from schemas.envelope import Recorded

ISSUED = ("number", "total", "due", "issued_at", "due_at", "document_hash", "face")
INVOICES = merge(
    "invoices", key=("id",), changing=("status", *ISSUED), replaced=("problem_code", "problem_detail")
)
NOTES = merge("credit_notes", key=("id",), changing=("document_hash",))
CARRYOVERS = merge("carryovers", key=("tenant_id",), changing=("credits", "prepaid"))
ISSUERS = merge("issuers", key=("id",), changing=("prefix", "branding"))
PROFILES = merge("tax_profiles", key=("tenant_id",), changing=("profile",))
RATES = insert("tax_rates", key="jurisdiction, effective_from")


@dataclass
class Batch:
    invoices: Rows = field(default_factory=Rows)
    notes: Rows = field(default_factory=Rows)
    carryovers: Rows = field(default_factory=Rows)
    issuers: Rows = field(default_factory=Rows)
    profiles: Rows = field(default_factory=Rows)
    rates: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(INVOICES, batch.invoices.rows.values())
    await tx.write(NOTES, batch.notes.rows.values())
    await tx.write(CARRYOVERS, batch.carryovers.rows.values())
    await tx.write(ISSUERS, batch.issuers.rows.values())
    await tx.write(PROFILES, batch.profiles.rows.values())
    await tx.write(RATES, batch.rates.rows.values())


def requested(batch: Batch, recorded: Recorded, event: i.InvoiceRequested) -> None:
    row = {"id": event.invoice_id, "period": event.period, "price": event.price, "status": "requested"}
    batch.invoices.put(event.invoice_id, recorded, **row, problem_code=None, problem_detail=None)


def blocked(batch: Batch, recorded: Recorded, event: i.InvoiceBlocked) -> None:
    problem = {"problem_code": event.code, "problem_detail": event.detail}
    batch.invoices.put(event.invoice_id, recorded, id=event.invoice_id, status="blocked", **problem)


def skipped(batch: Batch, recorded: Recorded, event: i.InvoiceSkipped) -> None:
    batch.invoices.put(event.invoice_id, recorded, id=event.invoice_id, status="skipped")


def numbered(batch: Batch, recorded: Recorded, event: i.InvoiceNumbered) -> None:
    batch.invoices.put(event.invoice_id, recorded, **figures(event), status="numbered")


def issued(batch: Batch, recorded: Recorded, event: i.InvoiceIssued) -> None:
    made = {"status": "issued", "document_hash": event.document_hash}
    batch.invoices.put(event.invoice_id, recorded, **figures(event), **made)


def figures(event: i.InvoiceFace) -> Row:
    return {
        "id": event.invoice_id,
        "number": event.number,
        "total": event.total,
        "due": event.due,
        "issued_at": event.issued_at,
        "due_at": event.due_at,
        "face": face(event, i.InvoiceFace),
    }


def face(event: i.InvoiceFace | i.CreditNoteFace, kind: type[i.InvoiceFace] | type[i.CreditNoteFace]) -> Row:
    return event.model_dump(mode="json", include=set(kind.model_fields))


def credited(batch: Batch, recorded: Recorded, event: i.CreditNoteNumbered | i.CreditNoteIssued) -> None:
    batch.notes.put(
        event.credit_note_id,
        recorded,
        id=event.credit_note_id,
        invoice_id=event.invoice_id,
        number=event.number,
        total=event.total,
        reason=event.reason,
        issued_at=event.issued_at,
        document_hash=event.document_hash if isinstance(event, i.CreditNoteIssued) else None,
        face=face(event, i.CreditNoteFace),
    )


def carried(batch: Batch, recorded: Recorded, event: CreditCarried) -> None:
    batch.carryovers.put(event.tenant_id, recorded, credits=event.left, prepaid=event.prepaid)


def issuer_set(batch: Batch, recorded: Recorded, event: IssuerSet) -> None:
    owner = {"id": event.partner_id, "partner_id": event.partner_id, "tenant_id": PLATFORM}
    batch.issuers.put(event.partner_id, recorded, **owner, prefix=event.prefix, branding=event.branding)


def profile_set(batch: Batch, recorded: Recorded, event: TaxProfileSet) -> None:
    batch.profiles.put(event.tenant_id, recorded, profile=event.profile)


def rate_set(batch: Batch, recorded: Recorded, event: TaxRateSet) -> None:
    rate = event.rate
    key = (rate.jurisdiction, rate.effective_from)
    batch.rates.put(key, recorded, **dict(rate), tenant_id=PLATFORM, partner_id=None)


ON: Handlers[Batch] = {
    i.InvoiceRequested: requested,
    i.InvoiceBlocked: blocked,
    i.InvoiceSkipped: skipped,
    i.InvoiceNumbered: numbered,
    i.InvoiceIssued: issued,
    i.CreditNoteNumbered: credited,
    i.CreditNoteIssued: credited,
    CreditCarried: carried,
    IssuerSet: issuer_set,
    TaxProfileSet: profile_set,
    TaxRateSet: rate_set,
}

PROJECTION = Projection(
    name="invoices",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("invoices", "credit_notes", "carryovers", "issuers", "tax_profiles", "tax_rates"),
    project=project,
    money=True,
)
