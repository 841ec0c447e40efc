"""May this actor send this command? Checked where it is decided, whatever the edge did."""

from contexts.kernel import Rejection
from schemas.access import Permission
from schemas.base import TenantId
from schemas.envelope import Actor, Envelope


class AccessDenied(Rejection):
    code = "access.denied"
    kind = "forbidden"


class NotFound(Rejection):
    code = "access.not_found"
    kind = "not_found"


def refusal_of_access(
    envelope: Envelope, stream: str, permission: Permission, owner: TenantId | None
) -> Rejection | None:
    """`owner` is the tenant of the stream the command is for, None while there is no such stream."""
    if owner is not None and owner != envelope.tenant_id:
        return NotFound("There is no such thing in this tenant.")
    if permission is Permission.SELF:
        return (
            None if is_own(envelope.actor, stream) else NotFound("There is no such account, or not for you.")
        )
    if not envelope.actor.may(permission) or not in_scope(envelope):
        return AccessDenied(f"This needs the permission {permission}.")
    return None


def is_own(actor: Actor, stream: str) -> bool:
    """Nobody changes an account in its owner's name; the platform may, in its own."""
    if actor.impersonator is not None:
        return False
    return stream == f"user-{actor.id}" or actor.may(Permission.USERS_MANAGE)


def in_scope(envelope: Envelope) -> bool:
    """A tenant's user acts for that tenant only, a partner's only under that partner."""
    actor = envelope.actor
    if actor.tenant_id is not None:
        return actor.tenant_id == envelope.tenant_id
    return actor.partner_id is None or actor.partner_id == envelope.partner_id
