from collections.abc import Iterable

from bus.facts.reading import SYSTEM_RATES, Facts, Read, partner_rates
from contexts.billing.facts import AuthorizationFacts
from contexts.billing.rate_card import pricing_in_force
from contexts.tenancy.tenant import Tenant
from schemas.base import Command
from schemas.billing.commands import AuthorizeCall
from schemas.envelope import Envelope


def rates_and_tenant(command: AuthorizeCall, state: object, envelope: Envelope) -> Iterable[str]:
    return SYSTEM_RATES, partner_rates(envelope), f"tenant-{command.tenant_id}"


def authorization(
    command: AuthorizeCall, state: object, envelope: Envelope, read: Read
) -> AuthorizationFacts:
    """The rates of the moment the call was requested, so that a repeated decision finds the same."""
    at = command.call.requested_at
    pricing = pricing_in_force(read(SYSTEM_RATES), read(partner_rates(envelope)), command.model, at)
    tenant: Tenant | None = read(f"tenant-{command.tenant_id}")
    suspended = tenant is not None and tenant.status == "suspended"
    return AuthorizationFacts(pricing, tenant.monthly_budget if tenant else None, suspended)


FACTS: dict[type[Command], Facts] = {AuthorizeCall: Facts(rates_and_tenant, authorization)}
