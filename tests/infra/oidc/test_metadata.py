"""A provider that is new, old, away, slow, or not what it should be."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from infra.oidc import metadata
from infra.oidc.errors import OidcCode, OidcError
from infra.oidc.metadata import Issuer
from infra.oidc.providers import Provider
from infra.oidc.wire import Wire
from tests.infra.oidc.conftest import REDIRECT, SigningIn
from tests.support.fake_issuer import CLIENT, as_json, new_key
from tests.support.tool_server import answer

ABOUT, KEYS, TOKEN = "/.well-known/openid-configuration", "/jwks", "/token"


class Watch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def issuer(signing_in: SigningIn, watch: Watch) -> Issuer:
    provider = Provider(issuer=signing_in.issuer.issuer, client_id=CLIENT)
    return Issuer(provider, Wire(provider), watch)


async def unknown(issuer: Issuer, kid: str) -> OidcCode:
    with pytest.raises(OidcError) as caught:
        await issuer.key(kid)
    return caught.value.code


async def test_what_is_known_is_not_asked_again(signing_in: SigningIn) -> None:
    for _ in range(3):
        await signing_in.identity()
    fake = signing_in.issuer
    assert (fake.count(ABOUT), fake.count(KEYS), fake.count(TOKEN)) == (1, 1, 3)


async def test_many_who_come_at_once_ask_once(signing_in: SigningIn, issuer: Issuer) -> None:
    await asyncio.gather(*(issuer.key("k1") for _ in range(20)))
    assert (signing_in.issuer.count(ABOUT), signing_in.issuer.count(KEYS)) == (1, 1)


async def test_what_is_old_is_asked_again(signing_in: SigningIn, issuer: Issuer, watch: Watch) -> None:
    await issuer.key("k1")
    watch.now += metadata.METADATA_SECONDS
    await issuer.key("k1")
    assert (signing_in.issuer.count(ABOUT), signing_in.issuer.count(KEYS)) == (2, 2)


async def test_a_new_key_is_found(signing_in: SigningIn, issuer: Issuer, watch: Watch) -> None:
    await issuer.key("k1")
    watch.now += metadata.KEYS_PAUSE_SECONDS
    signing_in.issuer.published = [new_key("k2").as_dict(private=False)]
    assert (await issuer.key("k2")).kid == "k2"


async def test_unknown_keys_do_not_make_us_ask_for_ever(
    signing_in: SigningIn, issuer: Issuer, watch: Watch
) -> None:
    await issuer.key("k1")
    for number in range(20):
        assert await unknown(issuer, f"x{number}") == "oidc.token_key_unknown"
    assert signing_in.issuer.count(KEYS) == 1
    watch.now += metadata.KEYS_PAUSE_SECONDS
    for number in range(20):
        assert await unknown(issuer, f"y{number}") == "oidc.token_key_unknown"
    assert signing_in.issuer.count(KEYS) == 2


async def test_keys_we_cannot_use_do_not_hide_those_we_can(signing_in: SigningIn) -> None:
    known = signing_in.issuer.key.as_dict(private=False)
    signing_in.issuer.published = [
        {"kty": "from the future"},
        {"kty": "EC", "crv": "P-256", "x": "!", "y": "!", "kid": "k1"},
        {**known, "use": "enc"},
        known,
    ]
    assert (await signing_in.identity()).subject == "ada"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"issuer": "https://accounts.google.com"}, "oidc.issuer_mismatch"),
        ({"token_endpoint": None}, "oidc.provider_unreadable"),
        ({"token_endpoint": "http://shop.example/token"}, "oidc.provider_unreadable"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "oidc.provider_unreadable"),
        ({"jwks_uri": ["a", "b"]}, "oidc.provider_unreadable"),
    ],
)
async def test_metadata_that_does_not_fit(
    signing_in: SigningIn, changed: dict[str, Any], code: OidcCode
) -> None:
    signing_in.issuer.metadata = changed
    assert await signing_in.refusal() == code


@pytest.mark.parametrize("path", [ABOUT, KEYS, TOKEN])
@pytest.mark.parametrize(
    ("said", "code"),
    [
        (lambda: answer(503), "oidc.provider_unavailable"),
        (lambda: answer(302, location="http://127.0.0.1:1/"), "oidc.provider_unreadable"),
        (lambda: answer(200, b"<html>", content_type="text/html"), "oidc.provider_unreadable"),
        (lambda: as_json({"huge": "x" * 600_000}), "oidc.provider_unreadable"),
        (lambda: answer(200, b"[" * 100_000), "oidc.provider_unreadable"),
        (lambda: as_json(["no", "object"]), "oidc.provider_unreadable"),
    ],
    ids=["away", "redirect", "no json", "huge", "deep", "list"],
)
async def test_an_answer_that_does_not_fit(
    signing_in: SigningIn, path: str, said: Callable[[], bytes], code: OidcCode
) -> None:
    signing_in.issuer.instead = {path: said}
    assert await signing_in.refusal() == code


@pytest.mark.parametrize("path", [ABOUT, KEYS, TOKEN])
async def test_a_provider_that_does_not_answer_in_time(signing_in: SigningIn, path: str) -> None:
    signing_in.seconds = 0.3
    signing_in.issuer.instead = {path: lambda: None}
    assert await signing_in.refusal() == "oidc.provider_unavailable"


async def test_a_provider_that_is_away_comes_back(signing_in: SigningIn) -> None:
    signing_in.issuer.instead = {ABOUT: lambda: b""}
    assert await signing_in.refusal() == "oidc.provider_unavailable"
    signing_in.issuer.instead = {}
    assert (await signing_in.identity()).subject == "ada"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("invalid_grant", "oidc.code_refused"),
        ("invalid_client", "oidc.client_refused"),
        ("weather", "oidc.provider_refused"),
    ],
)
async def test_what_the_provider_says_is_not_repeated(
    signing_in: SigningIn, error: str, code: OidcCode
) -> None:
    told = {"error": error, "error_description": "the secret is s3cr3t"}
    signing_in.issuer.instead = {TOKEN: lambda: as_json(told, 400)}
    with pytest.raises(OidcError) as caught:
        await signing_in.identity()
    assert caught.value.code == code
    assert "s3cr3t" not in f"{caught.value} {caught.value.__cause__} {caught.value.words}"


async def test_a_place_the_provider_names_must_be_public(signing_in: SigningIn) -> None:
    """Only what the operator named himself may be on our own network."""
    signing_in.issuer.metadata = {"jwks_uri": f"https://localhost:{signing_in.issuer.server.port}/jwks"}
    assert await signing_in.refusal() == "oidc.provider_unreadable"
    assert signing_in.issuer.count(KEYS) == 0


async def test_a_provider_nobody_offers(signing_in: SigningIn) -> None:
    with pytest.raises(OidcError) as caught:
        await signing_in.party.authorize("unheard-of", REDIRECT)
    assert caught.value.code == "oidc.provider_unknown"
