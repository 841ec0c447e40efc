"""A tenant whose owner can log in is ready."""

from schemas.access import Role
from schemas.envelope import Recorded
from schemas.identity.events import UserRegistered
from schemas.tenancy.commands import ActivateTenant


def when_user_registered(event: UserRegistered, recorded: Recorded) -> list[ActivateTenant]:
    if event.role != Role.TENANT_ADMIN or event.tenant_id is None:
        return []
    return [ActivateTenant(tenant_id=event.tenant_id)]
