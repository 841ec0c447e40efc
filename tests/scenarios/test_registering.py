"""Somebody registers by themselves: all of it follows from one event, in memory and in disorder."""

from uuid import UUID

import pytest

from schemas.access import Role
from schemas.identity import events as e
from schemas.identity.types import Place, ProviderAccount
from schemas.tenancy.events import TenantActivated
from tests.support.builders import (
    PARTNER_ID,
    SYSTEM,
    TENANT_ID,
    USER_ID,
    app_admin,
    create_partner,
    new_user,
    provision_tenant,
)
from tests.support.harness import Harness
from tests.support.people import index, sealed
from tests.support.story import accept

OTHER = UUID(int=90)
ACCOUNT = ProviderAccount(provider="google", subject_index=index("google|7"), subject=sealed(USER_ID, "7"))


@pytest.mark.parametrize("seed", [None, 7])
@pytest.mark.parametrize("account", [None, ACCOUNT])
def test_an_account_its_link_and_its_place_follow_from_the_tenant(
    seed: int | None, account: ProviderAccount | None
) -> None:
    h, owner = Harness(seed=seed), new_user()
    accept(h.submit(create_partner(admin=None), as_=app_admin()))
    accept(h.submit(provision_tenant(owner=owner, owner_verified=True, owner_account=account), as_=SYSTEM))
    h.run()
    linked = [e.IdentityLinked(user_id=owner.user_id, **dict(account))] if account else []
    assert h.events(f"user-{owner.user_id}") == [e.UserRegistered(**dict(owner), verified=True), *linked]
    at = Place(tenant_id=TENANT_ID, partner_id=PARTNER_ID)
    granted = e.MembershipGranted(place=at, person=owner, role=Role.TENANT_OWNER)
    assert h.events(f"team-{TENANT_ID}") == [granted]
    assert TenantActivated(tenant_id=TENANT_ID) in h.events(f"tenant-{TENANT_ID}")


def test_an_account_there_is_one_persons() -> None:
    h, eve = Harness(), new_user(user_id=OTHER, email="eve@example.com")
    accept(h.submit(create_partner(admin=None), as_=app_admin()))
    accept(h.submit(provision_tenant(owner_account=ACCOUNT), as_=SYSTEM))
    again = provision_tenant(tenant_id=OTHER, subdomain="other", owner=eve, owner_account=ACCOUNT)
    refused = h.submit(again, as_=SYSTEM)
    assert refused.refusal is not None and refused.refusal.code == "conflict.identity_taken"
