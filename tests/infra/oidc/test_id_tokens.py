"""Tokens a real provider would never sign."""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc.jwk import OctKey

from infra.oidc.errors import OidcCode
from tests.infra.oidc.conftest import SigningIn
from tests.support.fake_issuer import ACCESS_TOKEN, CLIENT, new_key, sign, unsigned

PAST, FUTURE = 1_000_000_000, 9_999_999_999


def half_hash(token: str) -> str:
    digest = hashlib.sha256(token.encode()).digest()
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


async def test_an_honest_token_is_believed(signing_in: SigningIn) -> None:
    signing_in.issuer.claims = {"at_hash": half_hash(ACCESS_TOKEN), "azp": CLIENT, "aud": [CLIENT]}
    identity = await signing_in.identity()
    assert (identity.issuer, identity.subject) == (signing_in.issuer.issuer, "ada")
    assert (identity.email, identity.email_verified) == ("ada@people.example", True)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": PAST}, "oidc.token_expired"),
        ({"exp": None}, "oidc.token_claims"),
        ({"exp": "tomorrow"}, "oidc.token_claims"),
        ({"iat": FUTURE}, "oidc.token_not_yet_valid"),
        ({"nbf": FUTURE}, "oidc.token_not_yet_valid"),
        ({"iat": None}, "oidc.token_claims"),
        ({"iss": "https://evil.example"}, "oidc.issuer_mismatch"),
        ({"iss": None}, "oidc.token_claims"),
        ({"aud": "somebody else"}, "oidc.audience_mismatch"),
        ({"aud": [CLIENT, "somebody else"]}, "oidc.audience_mismatch"),
        ({"aud": [CLIENT, "somebody else"], "azp": CLIENT}, "oidc.audience_mismatch"),
        ({"azp": "somebody else"}, "oidc.audience_mismatch"),
        ({"nonce": "of another attempt"}, "oidc.nonce_mismatch"),
        ({"nonce": None}, "oidc.token_claims"),
        ({"sub": None}, "oidc.token_claims"),
        ({"sub": ""}, "oidc.token_claims"),
        ({"sub": "a" * 256}, "oidc.token_claims"),
        ({"sub": 7}, "oidc.token_claims"),
        ({"at_hash": half_hash("another token")}, "oidc.access_token_mismatch"),
        ({"at_hash": 7}, "oidc.access_token_mismatch"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_claim_that_does_not_fit(
    signing_in: SigningIn, claims: dict[str, Any], code: OidcCode
) -> None:
    signing_in.issuer.claims = claims
    assert await signing_in.refusal() == code


async def test_clocks_may_differ_a_little(signing_in: SigningIn) -> None:
    now = int(time.time())
    signing_in.issuer.claims = {"exp": now - 20, "iat": now + 20, "nbf": now + 20}
    assert (await signing_in.identity()).subject == "ada"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
async def test_an_unsigned_token(signing_in: SigningIn, algorithm: str) -> None:
    signing_in.issuer.signed = lambda claims: unsigned(claims, alg=algorithm, kid="k1")
    assert await signing_in.refusal() == "oidc.token_algorithm"


async def test_a_token_signed_with_the_public_key_as_a_secret(signing_in: SigningIn) -> None:
    """Though the provider announces HS256."""
    pem = signing_in.issuer.key.as_pem(private=False)

    def forged(claims: dict[str, Any]) -> str:
        head, body, _ = unsigned(claims, alg="HS256", kid="k1").split(".")
        mac = hmac.digest(pem, f"{head}.{body}".encode(), "sha256")
        return f"{head}.{body}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    signing_in.issuer.signed = forged
    assert await signing_in.refusal() == "oidc.token_algorithm"


async def test_a_shared_secret_among_the_published_keys(signing_in: SigningIn) -> None:
    secret = OctKey.generate_key(256, {"kid": "k1"})
    signing_in.issuer.published = [secret.as_dict(private=True)]
    assert await signing_in.refusal() == "oidc.token_key_unknown"


async def test_an_algorithm_the_provider_does_not_announce(signing_in: SigningIn) -> None:
    signing_in.issuer.metadata = {"id_token_signing_alg_values_supported": ["RS256"]}
    assert await signing_in.refusal() == "oidc.token_algorithm"


async def test_a_signature_by_somebody_else(signing_in: SigningIn) -> None:
    forger = new_key("k1")
    signing_in.issuer.signed = lambda claims: sign(claims, forger)
    assert await signing_in.refusal() == "oidc.token_signature"


async def test_a_key_of_another_kind_than_the_algorithm(signing_in: SigningIn) -> None:
    signing_in.issuer.metadata = {"id_token_signing_alg_values_supported": ["RS256", "ES256"]}
    signing_in.issuer.signed = lambda claims: unsigned(claims, b"AAAA", alg="RS256", kid="k1")
    assert await signing_in.refusal() == "oidc.token_malformed"


async def test_the_header_brings_its_own_key(signing_in: SigningIn) -> None:
    forger = new_key("k1")
    own = forger.as_dict(private=False)
    signing_in.issuer.signed = lambda claims: sign(claims, forger, jwk=own)
    assert await signing_in.refusal() == "oidc.token_signature"


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "....", "é.é.é", "x" * 200_000])
async def test_what_is_no_token(signing_in: SigningIn, token: str) -> None:
    signing_in.issuer.signed = lambda claims: token
    assert await signing_in.refusal() == "oidc.token_malformed"


async def test_a_key_nobody_published(signing_in: SigningIn) -> None:
    signing_in.issuer.signed = lambda claims: sign(claims, new_key("k9"))
    assert await signing_in.refusal() == "oidc.token_key_unknown"
