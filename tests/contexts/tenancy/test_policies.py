from contexts.tenancy.registry import REGISTRY
from schemas.access import Role
from schemas.identity.events import MembershipGranted
from schemas.identity.types import Place
from schemas.tenancy.commands import ActivateTenant
from tests.support.builders import PARTNER_ID, TENANT_ID, new_user
from tests.support.spec import Spec

when = Spec(REGISTRY).when


PLACE = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)


def test_a_tenant_that_has_an_owner_is_activated() -> None:
    granted = MembershipGranted(place=PLACE, person=new_user(), role=Role.TENANT_OWNER)
    when(granted).issues(ActivateTenant(tenant_id=TENANT_ID))


def test_other_members_activate_nothing() -> None:
    when(MembershipGranted(place=PLACE, person=new_user(), role=Role.TENANT_VIEWER)).issues()
