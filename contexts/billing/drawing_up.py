"""All that stands on an invoice, from a closed month and what is known of seller, buyer and tax."""

from datetime import datetime, timedelta
from uuid import UUID

from contexts.billing.carryover import take
from contexts.billing.facts_invoices import DocumentFacts
from contexts.billing.invoice_lines import credit_line, drawn_of, residual_of, rounded, total_of
from contexts.billing.invoice_postings import invoice_postings
from contexts.billing.issuer import Issuer, next_number
from contexts.billing.rounding import exact_sum, percent_of
from contexts.billing.tax import taxation
from schemas.base import PartnerId, TenantId
from schemas.billing.invoices import Buyer, InvoiceFace, InvoiceRequested, MonthLine
from schemas.billing.issuers import NumberTaken, Series


def face_of(
    asked: InvoiceRequested,
    months: tuple[MonthLine, ...],
    issuer: Issuer,
    facts: DocumentFacts,
    now: datetime,
) -> InvoiceFace:
    tax_rule = taxation(issuer.branding.country, facts.profile, facts.rates, now)
    taken, left = take(facts.carryover.left, total_of(months))
    lines = (*map(rounded, months), *map(credit_line, taken))
    subtotal = total_of(lines)
    tax = percent_of(subtotal, tax_rule.percent)
    # Money is asked for only beyond the credit that is left.
    covered = facts.carryover.prepaid + drawn_of(months) + exact_sum(credit.amount for credit in left)
    prepaid = min(covered, subtotal + tax)
    residual = residual_of(months)
    return InvoiceFace(
        invoice_id=asked.invoice_id,
        number=next_number(issuer, "invoice")[1],
        issuer=asked.partner_id,
        tenant_id=asked.tenant_id,
        partner_id=asked.partner_id,
        period=asked.period,
        seller=issuer.branding,
        buyer=buyer(asked.tenant_id, facts),
        lines=lines,
        subtotal=subtotal,
        taxation=tax_rule,
        tax=tax,
        total=subtotal + tax,
        prepaid=prepaid,
        due=subtotal + tax - prepaid,
        residual=residual,
        postings=invoice_postings(asked.tenant_id, residual, tax, tax_rule.jurisdiction),
        issued_at=now,
        due_at=now + timedelta(days=issuer.branding.payment_days),
    )


def buyer(tenant_id: TenantId, facts: DocumentFacts) -> Buyer:
    profile = facts.profile
    if profile is None:
        return Buyer(tenant_id=tenant_id, name=facts.tenant_name)
    return Buyer(
        tenant_id=tenant_id,
        name=profile.name,
        address=profile.address,
        country=profile.country,
        vat_id=profile.vat_id,
    )


def number_taken(
    issuer: Issuer, series: Series, partner_id: PartnerId, document_id: UUID, tenant_id: TenantId
) -> NumberTaken:
    sequence, number = next_number(issuer, series)
    return NumberTaken(
        issuer=partner_id,
        series=series,
        sequence=sequence,
        number=number,
        document_id=document_id,
        tenant_id=tenant_id,
    )
