"""Providers with many tenants, as Microsoft is one; and what their e-mails are worth."""

from typing import Any

import pytest

from infra.oidc.errors import OidcCode
from tests.infra.oidc.conftest import SigningIn
from tests.support.fake_issuer import ACCESS_TOKEN, as_json

OURS, THEIRS = "11111111-aaaa-4bbb-8ccc-222222222222", "99999999-aaaa-4bbb-8ccc-222222222222"


@pytest.fixture
def many(signing_in: SigningIn) -> SigningIn:
    template = f"{signing_in.issuer.issuer}/{{tenantid}}/v2.0"
    signing_in.settings = {
        "preset": "microsoft",
        "issuer": template,
        "metadata_url": f"{signing_in.issuer.issuer}/.well-known/openid-configuration",
        "tenants": [OURS],
    }
    signing_in.issuer.metadata = {"issuer": template}
    signing_in.issuer.claims = {"tid": OURS, "iss": template.replace("{tenantid}", OURS)}
    return signing_in


async def test_somebody_of_a_tenant_on_the_list(many: SigningIn) -> None:
    identity = await many.identity()
    assert identity.tenant == OURS
    assert identity.issuer == f"{many.issuer.issuer}/{OURS}/v2.0"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"tid": THEIRS}, "oidc.tenant_refused"),
        ({"tid": THEIRS, "iss": f"/{THEIRS}/v2.0"}, "oidc.tenant_refused"),
        ({"iss": f"/{THEIRS}/v2.0"}, "oidc.issuer_mismatch"),
        ({"iss": "/{tenantid}/v2.0"}, "oidc.issuer_mismatch"),
        ({"tid": None}, "oidc.tenant_refused"),
        ({"tid": [OURS]}, "oidc.tenant_refused"),
    ],
)
async def test_nobody_else(many: SigningIn, claims: dict[str, Any], code: OidcCode) -> None:
    changed = {name: many.issuer.issuer + value if name == "iss" else value for name, value in claims.items()}
    many.issuer.claims = {**many.issuer.claims, **changed}
    assert await many.refusal() == code


@pytest.mark.parametrize(
    ("claims", "verified"),
    [
        ({"email_verified": None}, False),
        ({"email_verified": False}, False),
        ({"email_verified": "false"}, False),
        ({"email_verified": ["true"]}, False),
        ({"email_verified": "true"}, True),
        ({"email_verified": None, "xms_edov": False}, False),
        ({"email_verified": None, "xms_edov": True}, True),
    ],
)
async def test_an_email_is_verified_only_when_that_is_said(
    signing_in: SigningIn, claims: dict[str, Any], verified: bool
) -> None:
    signing_in.issuer.claims = claims
    assert (await signing_in.identity()).email_verified is verified


async def test_a_workspace_of_google(signing_in: SigningIn) -> None:
    signing_in.settings = {"tenant_claim": "hd", "tenants": ["acme.example"]}
    assert await signing_in.refusal() == "oidc.tenant_refused"
    signing_in.issuer.claims = {"hd": "acme.example"}
    assert (await signing_in.identity()).tenant == "acme.example"


async def test_userinfo_is_about_the_same_person(signing_in: SigningIn) -> None:
    signing_in.issuer.metadata = {"userinfo_endpoint": f"{signing_in.issuer.issuer}/userinfo"}
    signing_in.issuer.claims = {"email": None, "email_verified": True}
    signing_in.issuer.instead = {"/userinfo": lambda: as_json({"sub": "eve", "email": "eve@people.example"})}
    assert await signing_in.refusal() == "oidc.access_token_mismatch"
    signing_in.issuer.instead = {"/userinfo": lambda: as_json({"sub": "ada", "email": "ada@people.example"})}
    identity = await signing_in.identity()
    assert (identity.email, identity.email_verified) == ("ada@people.example", False)
    assert signing_in.issuer.server.asked[-1].headers["authorization"] == f"Bearer {ACCESS_TOKEN}"


@pytest.mark.parametrize("name", ["", " ", "a" * 201, "two\nlines", 7, None])
async def test_a_name_that_is_none_is_left_out(signing_in: SigningIn, name: object) -> None:
    signing_in.issuer.claims = {"name": name}
    assert (await signing_in.identity()).name is None
