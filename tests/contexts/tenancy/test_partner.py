from contexts.tenancy.facts import PartnerFacts
from contexts.tenancy.registry import REGISTRY
from schemas.tenancy.partners import (
    ClosePartner,
    PartnerClosed,
    PartnerRevised,
    PartnerTenantAdded,
    PartnerTenantClosed,
    PartnerTenantRemoved,
    RevisePartner,
)
from schemas.tenancy.profile import Branding
from tests.support.builders import (
    OTHER_PARTNER_ID,
    PARTNER_ID,
    TENANT_ID,
    create_partner,
    partner_admin,
    partner_created,
    provision_tenant,
)
from tests.support.spec import Spec

given = Spec(REGISTRY).given


def test_a_partner_is_created() -> None:
    given().when(create_partner()).then(partner_created())


def test_the_same_partner_again_says_nothing() -> None:
    given(partner_created()).when(create_partner()).nothing()


def test_a_partner_id_is_used_once() -> None:
    given(partner_created()).when(create_partner(name="Southwind")).refused("tenancy.partner_exists")


def test_a_partner_is_revised_field_by_field() -> None:
    green = Branding(colour="#00ff00")
    told = PartnerRevised(partner_id=PARTNER_ID, name="Southwind", settings=None, branding=green)
    command = RevisePartner(partner_id=PARTNER_ID, name="Southwind", branding=green)
    given(partner_created()).by(partner_admin()).when(command).then(told)
    given(partner_created(), told).when(command).nothing()
    stranger = partner_admin(OTHER_PARTNER_ID)
    given(partner_created()).by(stranger).when(command).refused("tenancy.not_your_partner")


def test_a_partner_with_open_tenants_is_not_closed() -> None:
    close = ClosePartner(partner_id=PARTNER_ID, reason="They retire.")
    closed = PartnerClosed(partner_id=PARTNER_ID, reason="They retire.")
    who = {"partner_id": PARTNER_ID, "tenant_id": TENANT_ID}
    added = PartnerTenantAdded(**who)
    given(partner_created()).when(close).then(closed)
    given(partner_created(), added).when(close).refused("tenancy.partner_has_tenants")
    for gone in (PartnerTenantRemoved(**who), PartnerTenantClosed(**who)):
        given(partner_created(), added, gone).when(close).then(closed)


def test_a_closed_partner_brings_no_tenants() -> None:
    closed = PartnerClosed(partner_id=PARTNER_ID, reason="They retire.")
    given().knowing(PartnerFacts(exists=True, closed=True)).when(provision_tenant()).refused(
        "tenancy.partner_closed"
    )
    rename = RevisePartner(partner_id=PARTNER_ID, name="Still here")
    given(partner_created(), closed).when(rename).refused("tenancy.partner_closed")
