"""What decisions about invoices and credit notes read besides their own stream."""

from collections.abc import Iterable

from bus.facts.reading import Facts, Read
from contexts.billing.carryover import EMPTY
from contexts.billing.facts_invoices import DocumentFacts
from contexts.tenancy.tenant import Tenant
from schemas.base import Command
from schemas.billing.invoices import CreditInvoice, DrawUpInvoice
from schemas.billing.taxes import TAX_RATES
from schemas.envelope import Envelope


def around(command: DrawUpInvoice | CreditInvoice, state: object, envelope: Envelope) -> Iterable[str]:
    tenant = envelope.tenant_id
    return issuer(envelope), TAX_RATES, f"tax_profile-{tenant}", f"tenant-{tenant}", f"carryover-{tenant}"


def document(
    command: DrawUpInvoice | CreditInvoice, state: object, envelope: Envelope, read: Read
) -> DocumentFacts:
    issues, rates, profile, tenant, left = (read(stream) for stream in around(command, state, envelope))
    name = tenant.name if isinstance(tenant, Tenant) else str(envelope.tenant_id)
    return DocumentFacts(issues, rates, profile, name, left or EMPTY)


def issuer(envelope: Envelope) -> str:
    return f"issuer-{envelope.partner_id}"


FACTS: dict[type[Command], Facts] = {
    DrawUpInvoice: Facts(around, document),
    CreditInvoice: Facts(around, document),
}
