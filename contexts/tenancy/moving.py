"""A tenant goes from one partner to another."""

from collections.abc import Sequence

from contexts.kernel import Context
from contexts.tenancy.errors import PartnerIsClosed, PartnerNotFound
from contexts.tenancy.facts import PartnerFacts
from contexts.tenancy.tenant import Tenant, open_own
from schemas.base import Event
from schemas.tenancy.life import TenantTransferred, TransferTenant
from schemas.tenancy.partners import PartnerTenantAdded, PartnerTenantRemoved


def transfer(state: Tenant | None, command: TransferTenant, ctx: Context) -> Sequence[Event]:
    tenant = open_own(state, command.tenant_id, ctx)
    if tenant.partner_id == command.to_partner:
        return []
    require_known(ctx.facts, command)
    return [
        TenantTransferred(
            tenant_id=command.tenant_id,
            from_partner=tenant.partner_id,
            to_partner=command.to_partner,
            at=ctx.now,
            reason=command.reason,
        ),
        PartnerTenantRemoved(partner_id=tenant.partner_id, tenant_id=command.tenant_id),
        PartnerTenantAdded(partner_id=command.to_partner, tenant_id=command.tenant_id),
    ]


def require_known(facts: PartnerFacts, command: TransferTenant) -> None:
    if not facts.exists:
        raise PartnerNotFound(f"there is no partner {command.to_partner}")
    if facts.closed:
        raise PartnerIsClosed(f"partner {command.to_partner} is closed")
