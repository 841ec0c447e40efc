"""May this actor send this command? Checked where it is decided, whatever the edge did."""

from contexts.kernel import Rejection
from schemas.access import PERMISSIONS, Permission
from schemas.base import TenantId
from schemas.envelope import Actor, Envelope


class AccessDenied(Rejection):
    code = "access.denied"
    kind = "forbidden"


class NotFound(Rejection):
    code = "access.not_found"
    kind = "not_found"


def refusal_of_access(envelope: Envelope, permission: Permission, owner: TenantId | None) -> Rejection | None:
    """`owner` is the tenant of the stream the command is for, None while there is no such stream."""
    if owner is not None and owner != envelope.tenant_id:
        return NotFound("There is no such thing in this tenant.")
    if not permitted(envelope.actor, permission) or not in_scope(envelope):
        return AccessDenied(f"This needs the permission {permission}.")
    return None


def permitted(actor: Actor, permission: Permission) -> bool:
    if actor.kind != "user":
        return True
    return actor.role is not None and permission in PERMISSIONS[actor.role]


def in_scope(envelope: Envelope) -> bool:
    """A tenant's user acts for that tenant only, a partner's only under that partner."""
    actor = envelope.actor
    if actor.tenant_id is not None:
        return actor.tenant_id == envelope.tenant_id
    return actor.partner_id is None or actor.partner_id == envelope.partner_id
