from contexts.identity.registry import REGISTRY
from schemas.access import Role
from tests.support.builders import partner_created, register_user, tenant_provisioned
from tests.support.spec import Spec

when = Spec(REGISTRY).when


def test_a_partners_admin_is_registered_with_the_partner() -> None:
    when(partner_created()).issues(register_user(role=Role.PARTNER_ADMIN, tenant_id=None))


def test_a_tenants_owner_is_registered_with_the_tenant() -> None:
    when(tenant_provisioned()).issues(register_user(role=Role.TENANT_ADMIN))
