from contexts.identity.registry import REGISTRY
from schemas.access import Role
from schemas.identity.commands import GrantMembership
from schemas.identity.types import Place
from tests.support.builders import (
    PARTNER_ID,
    TENANT_ID,
    new_user,
    partner_created,
    register_user,
    tenant_provisioned,
)
from tests.support.spec import Spec

when = Spec(REGISTRY).when


def test_a_partners_admin_gets_an_account_and_the_first_place() -> None:
    place = Place(partner_id=PARTNER_ID)
    grant = GrantMembership(place=place, person=new_user(), role=Role.PARTNER_ADMIN)
    when(partner_created()).issues(register_user(), grant)


def test_a_tenants_owner_gets_an_account_and_the_first_place() -> None:
    place = Place(partner_id=PARTNER_ID, tenant_id=TENANT_ID)
    grant = GrantMembership(place=place, person=new_user(), role=Role.TENANT_OWNER)
    when(tenant_provisioned()).issues(register_user(), grant)


def test_without_a_first_person_there_is_nobody_to_register() -> None:
    when(partner_created(admin=None)).issues()
    when(tenant_provisioned(owner=None)).issues()
