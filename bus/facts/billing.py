from collections.abc import Iterable

from bus.facts import ledger
from bus.facts.ledger import limits_of, partner_budget
from bus.facts.reading import SYSTEM_RATES, Facts, Read, partner_rates
from contexts.billing.facts import AuthorizationFacts
from contexts.billing.rate_card import pricing_in_force
from contexts.tenancy.tenant import Tenant
from schemas.base import Command
from schemas.billing.commands import AuthorizeCall
from schemas.envelope import Envelope
from schemas.tenancy.types import STOPPED


def rates_and_limits(command: AuthorizeCall, state: object, envelope: Envelope) -> Iterable[str]:
    tenant_id = command.tenant_id
    shared = f"tenant-{tenant_id}", f"wallet-{tenant_id}", partner_budget(envelope)
    return SYSTEM_RATES, partner_rates(envelope), *shared


def authorization(
    command: AuthorizeCall, state: object, envelope: Envelope, read: Read
) -> AuthorizationFacts:
    """The rates of the moment the call was requested, so that a repeated decision finds the same."""
    at = command.call.requested_at
    system, partner = read(SYSTEM_RATES), read(partner_rates(envelope))
    pricing = pricing_in_force(system, partner, command.tenant_id, command.model, at)
    tenant: Tenant | None = read(f"tenant-{command.tenant_id}")
    suspended = tenant is not None and tenant.status in STOPPED
    limits = limits_of(tenant, command.source, read(partner_budget(envelope)))
    return AuthorizationFacts(pricing, limits, read(f"wallet-{command.tenant_id}"), suspended)


FACTS: dict[type[Command], Facts] = {
    AuthorizeCall: Facts(rates_and_limits, authorization),
    **ledger.FACTS,
}
