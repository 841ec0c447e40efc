import pytest

from contexts.tenancy.facts import PartnerFacts
from contexts.tenancy.registry import REGISTRY
from schemas.base import Command
from schemas.tenancy.commands import (
    ActivateTenant,
    ReinstateTenant,
    RestrictTenant,
    SetTenantLimits,
    SuspendTenant,
)
from schemas.tenancy.events import (
    TenantActivated,
    TenantLimitsSet,
    TenantReinstated,
    TenantRestricted,
    TenantSuspended,
)
from schemas.tenancy.partners import PartnerTenantAdded
from tests.support.builders import (
    OTHER_PARTNER_ID,
    PARTNER_ID,
    TENANT_ID,
    app_admin,
    partner_admin,
    provision_tenant,
    tenant_activated,
    tenant_provisioned,
    tenant_suspended,
)
from tests.support.spec import Spec

given = Spec(REGISTRY).given

ACTIVATE = ActivateTenant(tenant_id=TENANT_ID)
SUSPEND = SuspendTenant(tenant_id=TENANT_ID, reason="unpaid")
REINSTATE = ReinstateTenant(tenant_id=TENANT_ID, reason="paid")
LIMIT = SetTenantLimits(tenant_id=TENANT_ID, max_runs=3)

PROVISIONED = (tenant_provisioned(),)
ACTIVE = (*PROVISIONED, tenant_activated())
SUSPENDED = (*ACTIVE, tenant_suspended())

KNOWN = PartnerFacts(exists=True)
ADDED = PartnerTenantAdded(partner_id=PARTNER_ID, tenant_id=TENANT_ID)


def test_a_tenant_is_provisioned_under_an_existing_partner() -> None:
    given().knowing(KNOWN).when(provision_tenant()).then(tenant_provisioned(), ADDED)


def test_a_tenant_needs_a_partner_that_exists() -> None:
    given().knowing(PartnerFacts(exists=False)).when(provision_tenant()).refused("tenancy.partner_not_found")


def test_a_partner_provisions_only_under_itself() -> None:
    stranger = partner_admin(OTHER_PARTNER_ID)
    given().knowing(KNOWN).by(stranger).when(provision_tenant()).refused("tenancy.not_your_partner")
    given().knowing(KNOWN).by(partner_admin()).when(provision_tenant()).then(tenant_provisioned(), ADDED)


def test_provisioning_the_same_tenant_again_says_nothing_whatever_became_of_it() -> None:
    for history in (PROVISIONED, ACTIVE, SUSPENDED):
        given(*history).knowing(KNOWN).when(provision_tenant()).nothing()


def test_a_tenant_id_is_used_once() -> None:
    given(*ACTIVE).knowing(KNOWN).when(provision_tenant(name="Other")).refused("tenancy.tenant_exists")


def test_a_provisioned_tenant_is_activated() -> None:
    given(*PROVISIONED).when(ACTIVATE).then(TenantActivated(tenant_id=TENANT_ID))


def test_a_tenant_is_activated_once() -> None:
    given(*ACTIVE).when(ACTIVATE).nothing()


def test_activating_does_not_lift_a_suspension() -> None:
    given(*SUSPENDED).when(ACTIVATE).nothing()


def test_an_active_tenant_is_suspended() -> None:
    given(*ACTIVE).when(SUSPEND).then(TenantSuspended(tenant_id=TENANT_ID, reason="unpaid"))


def test_a_suspended_tenant_is_not_suspended_again() -> None:
    given(*SUSPENDED).when(SUSPEND).nothing()


def test_a_tenant_that_never_was_active_is_not_suspended() -> None:
    given(*PROVISIONED).when(SUSPEND).refused("tenancy.tenant_not_active")


def test_a_suspended_tenant_is_reinstated_and_can_be_suspended_again() -> None:
    reinstated = TenantReinstated(tenant_id=TENANT_ID, reason="paid")
    given(*SUSPENDED).when(REINSTATE).then(reinstated)
    given(*SUSPENDED, reinstated).when(SUSPEND).then(tenant_suspended())


def test_reinstating_an_active_tenant_says_nothing() -> None:
    given(*ACTIVE).when(REINSTATE).nothing()


def test_a_tenant_that_was_never_active_is_not_reinstated() -> None:
    given(*PROVISIONED).when(REINSTATE).refused("tenancy.tenant_not_suspended")


@pytest.mark.parametrize("command", [ACTIVATE, SUSPEND, REINSTATE, LIMIT])
def test_a_tenant_nobody_provisioned_is_not_found(command: Command) -> None:
    given().when(command).refused("tenancy.tenant_not_found")


@pytest.mark.parametrize("command", [SUSPEND, REINSTATE, LIMIT])
def test_a_partner_touches_only_its_own_tenants(command: Command) -> None:
    stranger = partner_admin(OTHER_PARTNER_ID)
    given(*SUSPENDED).by(stranger).when(command).refused("tenancy.not_your_partner")


def test_a_partner_and_the_platform_may_suspend() -> None:
    """Each in its own name: neither lifts what the other did."""
    theirs = TenantSuspended(tenant_id=TENANT_ID, reason="unpaid", cause="partner")
    given(*ACTIVE).by(app_admin()).when(SUSPEND).then(tenant_suspended())
    given(*ACTIVE).by(partner_admin()).when(SUSPEND).then(theirs)
    given(*SUSPENDED).by(partner_admin()).when(REINSTATE).refused("tenancy.held_for_another_cause")
    given(*ACTIVE, theirs).by(app_admin()).when(REINSTATE).refused("tenancy.held_for_another_cause")


def test_a_limit_is_set_changed_and_lifted() -> None:
    lifted = SetTenantLimits(tenant_id=TENANT_ID, max_runs=None)
    given(*ACTIVE).when(lifted).nothing()
    given(*ACTIVE).by(partner_admin()).when(LIMIT).then(limit(3))
    given(*ACTIVE, limit(3)).when(LIMIT).nothing()
    given(*ACTIVE, limit(3)).when(lifted).then(limit(None))
    given(*ACTIVE, limit(3)).knowing(KNOWN).when(provision_tenant()).nothing()


def limit(max_runs: int | None) -> TenantLimitsSet:
    return TenantLimitsSet(tenant_id=TENANT_ID, max_runs=max_runs)


DUNNED = TenantRestricted(tenant_id=TENANT_ID, reason="unpaid", cause="dunning", status="restricted", as_of=4)


def test_a_tenant_is_as_free_as_the_strictest_cause_lets_it_be() -> None:
    both = TenantSuspended(tenant_id=TENANT_ID, reason="unpaid", status="suspended")
    given(*ACTIVE, DUNNED).when(SUSPEND).then(both)
    eased = RestrictTenant(tenant_id=TENANT_ID, reason="unpaid", cause="dunning", as_of=4)
    told = TenantRestricted(
        tenant_id=TENANT_ID, reason="unpaid", cause="dunning", status="suspended", as_of=4
    )
    given(*SUSPENDED).when(eased).then(told)


def test_each_cause_lifts_what_it_did_itself() -> None:
    paid = ReinstateTenant(tenant_id=TENANT_ID, reason="paid", cause="dunning", as_of=5)
    told = TenantReinstated(tenant_id=TENANT_ID, reason="paid", cause="dunning", status="suspended", as_of=5)
    given(*SUSPENDED, DUNNED).when(paid).then(told)
    lifted = TenantReinstated(tenant_id=TENANT_ID, reason="paid", status="restricted")
    given(*ACTIVE, DUNNED, tenant_suspended()).when(REINSTATE).then(lifted)
    given(*ACTIVE, DUNNED).when(REINSTATE).refused("tenancy.held_for_another_cause")


def test_an_older_wish_of_a_cause_comes_too_late() -> None:
    paid = TenantReinstated(tenant_id=TENANT_ID, reason="paid", cause="dunning", status="active", as_of=5)
    late = RestrictTenant(tenant_id=TENANT_ID, reason="unpaid", cause="dunning", as_of=4)
    given(*ACTIVE, paid).when(late).nothing()
    first = ReinstateTenant(tenant_id=TENANT_ID, reason="paid", cause="dunning", as_of=5)
    given(*ACTIVE).when(first).then(paid)
