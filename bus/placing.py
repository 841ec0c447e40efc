"""Whose partner's tenant a command is about, and whether that tenant may still wish for anything.

What follows from something stays with the partner it began under, so that a call is settled with whoever it
was priced for. What begins anew says so itself: `Command.falls_under`.
"""

from datetime import datetime

from contexts.kernel import Rejection
from contexts.tenancy.tenant import Tenant
from schemas.access import WHILE_SUSPENDED, Permission
from schemas.base import PLATFORM, Command
from schemas.envelope import Envelope
from schemas.tenancy.erasure import CONTENT_ERASED
from schemas.tenancy.types import TENANT_CLOSED, TENANT_SUSPENDED


class Suspended(Rejection):
    code = TENANT_SUSPENDED
    kind = "forbidden"


class Closed(Rejection):
    code = TENANT_CLOSED
    kind = "forbidden"


class Erased(Rejection):
    code = CONTENT_ERASED
    kind = "gone"


def tenant_stream(envelope: Envelope, command: Command, now: datetime) -> str | None:
    """Of the tenant that must be known before the command is decided; None: nothing hangs on it."""
    if envelope.tenant_id == PLATFORM:
        return None
    matters = envelope.actor.tenant_id is not None or command.falls_under(now) is not None
    return f"tenant-{envelope.tenant_id}" if matters else None


def placed(envelope: Envelope, command: Command, tenant: Tenant | None, now: datetime) -> Envelope:
    """Under the partner that answers for it."""
    moment = command.falls_under(now)
    if moment is None or tenant is None:
        return envelope
    partner_id = tenant.partner_at(moment)
    if partner_id == envelope.partner_id:
        return envelope
    return envelope.model_copy(update={"partner_id": partner_id})


def refusal_of_standing(
    envelope: Envelope, permission: Permission, tenant: Tenant | None
) -> Rejection | None:
    """A tenant's own people and programs can do little while it is suspended, nothing once it is closed."""
    actor = envelope.actor
    if tenant is None or actor.is_ours or actor.tenant_id is None:
        return None
    if tenant.status == "closed":
        return Closed("The tenant is closed.")
    if tenant.status == "suspended" and permission not in WHILE_SUSPENDED:
        return Suspended("The tenant is suspended.")
    return None
