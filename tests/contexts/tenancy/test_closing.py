from datetime import timedelta

from contexts.tenancy.registry import REGISTRY
from schemas.tenancy.commands import ReinstateTenant, SetTenantLimits, SuspendTenant
from schemas.tenancy.erasure import BeginErasure, ErasureBegun, NoteErasure, TenantErased
from schemas.tenancy.life import (
    BeginClosing,
    CloseTenant,
    TenantClosed,
    TenantClosingBegun,
    TenantClosingWithdrawn,
    WithdrawClosing,
)
from schemas.tenancy.partners import PartnerTenantClosed
from tests.support.builders import (
    NOW,
    OTHER_PARTNER_ID,
    PARTNER_ID,
    TENANT_ID,
    partner_admin,
    tenant_activated,
    tenant_provisioned,
    tenant_suspended,
)
from tests.support.spec import Spec

given = Spec(REGISTRY).given

ACTIVE = (tenant_provisioned(), tenant_activated())
DUE = NOW + timedelta(days=14)
BEGIN = BeginClosing(tenant_id=TENANT_ID, reason="We stop.", grace_days=14)
WITHDRAW = WithdrawClosing(tenant_id=TENANT_ID, reason="We go on.")
CLOSE = CloseTenant(tenant_id=TENANT_ID)
BEGUN = TenantClosingBegun(tenant_id=TENANT_ID, reason="We stop.", due_at=DUE, status="restricted")
WITHDRAWN = TenantClosingWithdrawn(tenant_id=TENANT_ID, reason="We go on.", status="active")
GONE = PartnerTenantClosed(partner_id=PARTNER_ID, tenant_id=TENANT_ID)


def closed(reason: str = "We stop.", days: int = 14) -> TenantClosed:
    free_at = NOW + timedelta(days=days + 30)
    who = {"tenant_id": TENANT_ID, "partner_id": PARTNER_ID}
    return TenantClosed(**who, reason=reason, subdomain="acme", free_at=free_at)


def test_a_closing_is_thought_over() -> None:
    given(*ACTIVE).when(BEGIN).then(BEGUN)
    given(*ACTIVE, BEGUN).when(BEGIN).nothing()
    given(*ACTIVE, BEGUN).when(CLOSE).nothing()
    given(*ACTIVE, BEGUN).at(DUE).when(CLOSE).then(closed(), GONE)


def test_a_closing_is_withdrawn_and_its_time_passes() -> None:
    given(*ACTIVE, BEGUN).when(WITHDRAW).then(WITHDRAWN)
    given(*ACTIVE, BEGUN, WITHDRAWN).at(DUE).when(CLOSE).nothing()
    given(*ACTIVE).when(WITHDRAW).refused("tenancy.tenant_not_closing")


def test_a_closing_lifts_no_suspension_and_its_end_lifts_none_either() -> None:
    held = BEGUN.model_copy(update={"status": "suspended"})
    given(*ACTIVE, tenant_suspended()).when(BEGIN).then(held)
    still = WITHDRAWN.model_copy(update={"status": "suspended"})
    given(*ACTIVE, tenant_suspended(), held).when(WITHDRAW).then(still)
    given(*ACTIVE, BEGUN).when(ReinstateTenant(tenant_id=TENANT_ID, reason="x")).refused(
        "tenancy.held_for_another_cause"
    )


def test_what_nobody_took_over_goes_at_once() -> None:
    given(tenant_provisioned()).when(BEGIN).then(closed(days=0), GONE)
    given(tenant_provisioned()).when(CLOSE).then(closed("Nobody took it over.", days=0), GONE)


def test_what_is_closed_stays_closed() -> None:
    history = (*ACTIVE, BEGUN, closed())
    suspend = SuspendTenant(tenant_id=TENANT_ID, reason="x")
    for command in (BEGIN, WITHDRAW, suspend, SetTenantLimits(tenant_id=TENANT_ID, max_runs=1)):
        given(*history).when(command).refused("tenancy.tenant_closed")
    given(*history).at(DUE).when(CLOSE).nothing()
    paid = ReinstateTenant(tenant_id=TENANT_ID, reason="paid", cause="dunning", as_of=9)
    given(*history).when(paid).nothing()


def test_another_partners_tenant_is_not_closed() -> None:
    stranger = partner_admin(OTHER_PARTNER_ID)
    for command in (BEGIN, WITHDRAW):
        given(*ACTIVE, BEGUN).by(stranger).when(command).refused("tenancy.not_your_partner")


def test_what_is_closed_is_erased_once_and_nothing_else_is() -> None:
    begin, note = BeginErasure(tenant_id=TENANT_ID), NoteErasure(tenant_id=TENANT_ID, touched={"events": 3})
    begun, erased = (
        ErasureBegun(tenant_id=TENANT_ID),
        TenantErased(tenant_id=TENANT_ID, touched={"events": 3}),
    )
    history = (*ACTIVE, BEGUN, closed())
    given(*ACTIVE, BEGUN).when(begin).nothing()
    given(*history).when(note).nothing()
    given(*history).when(begin).then(begun)
    given(*history, begun).when(begin).nothing()
    given(*history, begun).when(note).then(erased)
    given(*history, begun, erased).when(note).nothing()
