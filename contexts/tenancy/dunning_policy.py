"""A tenant that does not pay is held back as far as dunning says, and no longer."""

from schemas.base import Command
from schemas.billing.dunning import DunningLevelChanged
from schemas.envelope import Recorded
from schemas.tenancy.commands import MarkTenantPastDue, ReinstateTenant, RestrictTenant, SuspendTenant


def when_dunning_level_changed(event: DunningLevelChanged, recorded: Recorded) -> list[Command]:
    """Levels may be heard in another order than they changed in: the stream's version numbers them."""
    id_, as_of = event.tenant_id, recorded.version
    match event.level:
        case "past_due":
            return [MarkTenantPastDue(tenant_id=id_, reason=UNPAID, cause="dunning", as_of=as_of)]
        case "restricted":
            return [RestrictTenant(tenant_id=id_, reason=UNPAID, cause="dunning", as_of=as_of)]
        case "suspended":
            return [SuspendTenant(tenant_id=id_, reason=UNPAID, cause="dunning", as_of=as_of)]
    return [ReinstateTenant(tenant_id=id_, reason=PAID, cause="dunning", as_of=as_of)]


UNPAID = "An invoice is unpaid."
PAID = "No unpaid invoice is in the way any more."
