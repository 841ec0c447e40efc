from datetime import timedelta

from contexts.tenancy import tenant
from contexts.tenancy.facts import PartnerFacts
from contexts.tenancy.registry import REGISTRY
from schemas.tenancy.commands import SuspendTenant
from schemas.tenancy.life import TenantTransferred, TransferTenant
from schemas.tenancy.partners import PartnerTenantAdded, PartnerTenantRemoved
from tests.support.builders import (
    NOW,
    OTHER_PARTNER_ID,
    PARTNER_ID,
    TENANT_ID,
    app_admin,
    partner_admin,
    tenant_activated,
    tenant_provisioned,
)
from tests.support.spec import Spec

given = Spec(REGISTRY).given

ACTIVE = (tenant_provisioned(), tenant_activated())
THERE = PartnerFacts(exists=True)
TRANSFER = TransferTenant(tenant_id=TENANT_ID, to_partner=OTHER_PARTNER_ID, reason="They moved.")
TRANSFERRED = TenantTransferred(
    tenant_id=TENANT_ID, from_partner=PARTNER_ID, to_partner=OTHER_PARTNER_ID, at=NOW, reason="They moved."
)


def test_a_tenant_goes_to_another_partner() -> None:
    given(*ACTIVE).knowing(THERE).by(app_admin()).when(TRANSFER).then(
        TRANSFERRED,
        PartnerTenantRemoved(partner_id=PARTNER_ID, tenant_id=TENANT_ID),
        PartnerTenantAdded(partner_id=OTHER_PARTNER_ID, tenant_id=TENANT_ID),
    )
    given(*ACTIVE, TRANSFERRED).knowing(THERE).when(TRANSFER).nothing()


def test_it_goes_to_no_partner_that_is_not_there() -> None:
    given(*ACTIVE).knowing(PartnerFacts(exists=False)).when(TRANSFER).refused("tenancy.partner_not_found")
    gone = PartnerFacts(exists=True, closed=True)
    given(*ACTIVE).knowing(gone).when(TRANSFER).refused("tenancy.partner_closed")


def test_from_then_on_it_is_the_other_partners() -> None:
    suspend = SuspendTenant(tenant_id=TENANT_ID, reason="x")
    given(*ACTIVE, TRANSFERRED).by(partner_admin()).when(suspend).refused("tenancy.not_your_partner")
    assert given(*ACTIVE, TRANSFERRED).by(partner_admin(OTHER_PARTNER_ID)).when(suspend).events


def test_who_its_partner_was_is_known_for_every_moment() -> None:
    state = None
    for event in (*ACTIVE, TRANSFERRED):
        state = tenant.evolve(state, event)
    assert state is not None
    assert state.partner_at(NOW - timedelta(microseconds=1)) == PARTNER_ID
    assert state.partner_at(NOW) == OTHER_PARTNER_ID
