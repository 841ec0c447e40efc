import pytest
from pydantic import ValidationError

from contexts.tenancy.registry import REGISTRY
from schemas.tenancy.life import (
    ChangeSubdomain,
    FreeSubdomain,
    ReviseTenant,
    SubdomainChanged,
    SubdomainFreed,
    TenantRevised,
)
from schemas.tenancy.profile import MAX_LOGO, Branding, ProfileSettings
from schemas.tenancy.subdomains import QUARANTINE, claim
from tests.support.builders import (
    NOW,
    OTHER_PARTNER_ID,
    TENANT_ID,
    partner_admin,
    tenant_activated,
    tenant_provisioned,
)
from tests.support.spec import Spec

given = Spec(REGISTRY).given

ACTIVE = (tenant_provisioned(), tenant_activated())
FREE_AT = NOW + QUARANTINE
CHANGED = SubdomainChanged(tenant_id=TENANT_ID, subdomain="zenith", before="acme", free_at=FREE_AT)
FREE = FreeSubdomain(tenant_id=TENANT_ID, subdomain="acme")


def change(subdomain: str) -> ChangeSubdomain:
    return ChangeSubdomain(tenant_id=TENANT_ID, subdomain=subdomain)


def test_a_name_given_up_is_free_after_a_while() -> None:
    given(*ACTIVE).when(change("zenith")).then(CHANGED)
    given(*ACTIVE).when(change("acme")).nothing()
    given(*ACTIVE, CHANGED).when(FREE).nothing()
    freed = SubdomainFreed(tenant_id=TENANT_ID, subdomain="acme")
    given(*ACTIVE, CHANGED).at(FREE_AT).when(FREE).then(freed)
    given(*ACTIVE, CHANGED, freed).at(FREE_AT).when(FREE).nothing()
    assert freed.releases() == (tenant_provisioned().claims()[0],)


def test_a_name_taken_back_is_not_freed() -> None:
    back = SubdomainChanged(tenant_id=TENANT_ID, subdomain="acme", before="zenith", free_at=FREE_AT)
    given(*ACTIVE, CHANGED).when(change("acme")).then(back)
    given(*ACTIVE, CHANGED, back).at(FREE_AT).when(FREE).nothing()


def test_a_name_that_looks_like_the_one_in_use_is_not_freed() -> None:
    alike = SubdomainChanged(tenant_id=TENANT_ID, subdomain="ac-me", before="acme", free_at=FREE_AT)
    given(*ACTIVE, alike).at(FREE_AT).when(FREE).nothing()


@pytest.mark.parametrize("other", ["acrne", "ac-me", "4cme"])
def test_names_people_take_for_one_another_are_one_name(other: str) -> None:
    same = claim(other, TENANT_ID) == claim("acme", TENANT_ID)
    assert same is (other != "4cme")


def test_a_profile_is_revised_field_by_field() -> None:
    named = TenantRevised(tenant_id=TENANT_ID, name="Zenith", settings=None, branding=None)
    given(*ACTIVE).when(ReviseTenant(tenant_id=TENANT_ID, name="Zenith")).then(named)
    given(*ACTIVE, named).when(ReviseTenant(tenant_id=TENANT_ID, name="Zenith")).nothing()
    green = ReviseTenant(tenant_id=TENANT_ID, branding=Branding(colour="#00ff00"))
    shown = TenantRevised(tenant_id=TENANT_ID, name=None, settings=None, branding=green.branding)
    given(*ACTIVE, named).when(green).then(shown)
    given(*ACTIVE, shown, named).when(green).nothing()


def test_another_partners_tenant_keeps_its_name() -> None:
    stranger = partner_admin(OTHER_PARTNER_ID)
    for command in (change("zenith"), ReviseTenant(tenant_id=TENANT_ID, name="Mine")):
        given(*ACTIVE).by(stranger).when(command).refused("tenancy.not_your_partner")


@pytest.mark.parametrize(
    "logo",
    [
        "https://evil.example/logo.png",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:image/png;base64,<script>",
        "data:image/png;base64," + "A" * MAX_LOGO,
    ],
)
def test_a_logo_is_a_small_picture_and_nothing_else(logo: str) -> None:
    with pytest.raises(ValidationError):
        Branding(logo=logo)


def test_a_time_zone_is_one_that_exists() -> None:
    assert ProfileSettings(time_zone="Europe/Oslo").time_zone == "Europe/Oslo"
    for zone in ("Mars/Base", "../../etc/passwd", "/etc/localtime", ""):
        with pytest.raises(ValidationError):
            ProfileSettings(time_zone=zone)
