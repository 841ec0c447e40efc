from contexts.tenancy.registry import REGISTRY
from schemas.access import Role
from schemas.identity.events import UserRegistered
from schemas.tenancy.commands import ActivateTenant
from tests.support.builders import TENANT_ID, register_user
from tests.support.spec import Spec

when = Spec(REGISTRY).when


def test_a_tenant_whose_admin_can_log_in_is_activated() -> None:
    when(UserRegistered(**dict(register_user()))).issues(ActivateTenant(tenant_id=TENANT_ID))


def test_other_users_activate_nothing() -> None:
    partner_admin = register_user(role=Role.PARTNER_ADMIN, tenant_id=None)
    when(UserRegistered(**dict(partner_admin))).issues()
