"""A tenant that has an owner is ready."""

from schemas.access import Role
from schemas.envelope import Recorded
from schemas.identity.events import MembershipGranted
from schemas.tenancy.commands import ActivateTenant


def when_membership_granted(event: MembershipGranted, recorded: Recorded) -> list[ActivateTenant]:
    if event.role is not Role.TENANT_OWNER or event.place.tenant_id is None:
        return []
    return [ActivateTenant(tenant_id=event.place.tenant_id)]
