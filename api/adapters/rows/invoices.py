"""What the queries about invoices give, as the rows the edge works with."""

from dataclasses import asdict

from api.rows.invoices import CreditNoteRow, InvoiceRow, IssuerRow
from projections.invoices import queries
from schemas.base import PartnerId, TenantId
from schemas.billing.invoices import CreditNoteFace, InvoiceFace
from schemas.billing.issuers import Branding
from schemas.billing.taxes import TaxRate


def invoice(row: queries.Invoice) -> InvoiceRow:
    return InvoiceRow(
        id=row.id,
        tenant_id=TenantId(row.tenant_id),
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        period=row.period,
        status=row.status,  # type: ignore[arg-type]
        price=row.price,
        created_at=row.created_at,
        problem_code=row.problem_code,
        problem_detail=row.problem_detail,
        face=InvoiceFace.model_validate(row.face) if row.face else None,
        document_hash=row.document_hash,
        credited=row.credited,
    )


def credit_note(row: queries.CreditNote) -> CreditNoteRow:
    face = CreditNoteFace.model_validate(row.face)
    return CreditNoteRow(row.id, TenantId(row.tenant_id), row.invoice_id, face, row.document_hash)


def issuer(row: queries.Issuer) -> IssuerRow:
    return IssuerRow(PartnerId(row.id), row.prefix, Branding.model_validate(row.branding))


def tax_rate(row: queries.TaxRate) -> TaxRate:
    return TaxRate(**asdict(row))
