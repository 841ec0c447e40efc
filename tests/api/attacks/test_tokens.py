"""Tokens that are not ours, or not any more, or not for this."""

import base64
import hmac
import json
import time
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from infra.crypto.keys import KeyRing, new_key
from infra.crypto.tokens import Tokens
from tests.api.world import World, problem

PLACES = ["/auth/me", "/agents", "/ledger/entries"]


def encoded(data: Any) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, claims, signature = token.split(".")
    opened = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, claims)]
    return opened[0], opened[1], signature


def signed(world: World, **claims: Any) -> str:
    """Ours in everything, but for the claims the attacker changes; signed with our key."""
    header, said, _ = parts_of(world.tokens.issue(world.anna))
    said = {name: value for name, value in {**said, **claims}.items() if value is not ...}
    return resigned(header, said, world.tokens.ring.current)


def resigned(header: dict[str, Any], claims: dict[str, Any], key: ECKey) -> str:
    """A valid signature of this key over whatever header: a library would not make it."""
    text = f"{encoded(header)}.{encoded(claims)}"
    private: Any = key.private_key
    r, s = decode_dss_signature(private.sign(text.encode(), ECDSA(SHA256())))
    return f"{text}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def hs256(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    text = f"{encoded({**header, 'alg': 'HS256'})}.{encoded(claims)}"
    return f"{text}.{encoded(hmac.digest(secret, text.encode(), 'sha256'))}"


def forged(world: World) -> dict[str, str]:
    header, claims, signature = parts_of(world.tokens.issue(world.anna))
    ring, now, evil = world.tokens.ring, int(time.time()), new_key()
    public = ring.current.as_pem(private=False)
    stranger = Tokens(KeyRing(evil, new_key()))
    return {
        "alg none": f"{encoded({**header, 'alg': 'none'})}.{encoded(claims)}.",
        "alg NoNe": f"{encoded({**header, 'alg': 'NoNe'})}.{encoded(claims)}.",
        "no alg": f"{encoded({'kid': header['kid']})}.{encoded(claims)}.{signature}",
        "HS256 with the public key as PEM": hs256(header, claims, public),
        "HS256 with the public key as DER": hs256(header, claims, ring.current.as_der(private=False)),
        "a key of one's own": stranger.issue(world.anna),
        "a key of one's own under our kid": resigned(header, claims, evil),
        "a key of one's own in jwk": resigned({**header, "jwk": evil.as_dict(private=False)}, claims, evil),
        "a key of one's own at jku": resigned({**header, "jku": "http://evil.example/k"}, claims, evil),
        "a key of one's own at x5u": resigned({**header, "x5u": "http://evil.example/k"}, claims, evil),
        "unknown kid": resigned({**header, "kid": "nobody's"}, claims, ring.current),
        "no kid": resigned({"alg": "ES256"}, claims, ring.current),
        "a path as kid": resigned({**header, "kid": "../../dev/null"}, claims, ring.current),
        "a list as kid": resigned({**header, "kid": ["x"]}, claims, ring.current),
        "critical extension": resigned({**header, "crit": ["b64"], "b64": False}, claims, ring.current),
        "another audience": signed(world, aud="hirebuddha-admin"),
        "no audience": signed(world, aud=...),
        "another issuer": signed(world, iss="https://evil.example"),
        "no issuer": signed(world, iss=...),
        "no end": signed(world, exp=...),
        "an end that is no number": resigned(header, {**claims, "exp": "tomorrow"}, ring.current),
        "not yet": signed(world, nbf=now + 3600),
        "issued in the future": signed(world, iat=now + 3600),
        "no role": signed(world, role=...),
        "an unknown role": signed(world, role="god"),
        "a person that is none": signed(world, sub="anna"),
        "a tenant that is none": signed(world, tenant_id="acme"),
        "a changed claim": f"{encoded(header)}.{encoded({**claims, 'role': 'platform_admin'})}.{signature}",
        "no signature": f"{encoded(header)}.{encoded(claims)}.",
        "cut off": world.tokens.issue(world.anna)[:-10],
        "two parts": ".".join(world.tokens.issue(world.anna).split(".")[:2]),
        "signature of zeros": f"{encoded(header)}.{encoded(claims)}.{encoded(bytes(64))}",
        "claims that are no object": f"{encoded(header)}.{encoded([1])}.{signature}",
        "nested deep": f"{encoded(b'[' * 5000)}.{encoded(claims)}.{signature}",
        "very long": world.tokens.issue(world.anna) + "x" * 100_000,
        "not a token": "\u00ff\u00fe",
    }


ATTACKS = sorted(forged(World()))


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_forged_token_opens_nothing(world: World, nobody: httpx2.AsyncClient, attack: str) -> None:
    token = forged(world)[attack].encode("latin-1")
    for place in PLACES:
        headers = [(b"authorization", b"Bearer " + token)]
        problem(await nobody.get(place, headers=headers), 401, "auth.invalid_token")


async def test_a_token_whose_time_is_over_is_told_so(world: World, nobody: httpx2.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {signed(world, exp=int(time.time()) - 1)}"}
    problem(await nobody.get("/agents", headers=headers), 401, "auth.expired_token")


async def test_what_is_signed_as_it_must_be_opens(world: World, nobody: httpx2.AsyncClient) -> None:
    """The attacks above fail for what they change, not for how they are made."""
    header, claims, _ = parts_of(world.tokens.issue(world.anna))
    for token in (signed(world), resigned(header, claims, world.tokens.ring.current)):
        response = await nobody.get("/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 200


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_of_two_tokens_none_is_chosen(
    world: World, nobody: httpx2.AsyncClient, order: tuple[int, int]
) -> None:
    """A proxy that checks one of them and we who took the other would disagree about who asks."""
    tokens = [world.tokens.issue(world.anna), world.tokens.issue(world.zoe)]
    headers = [(b"authorization", f"Bearer {tokens[i]}".encode()) for i in order]
    problem(await nobody.get("/auth/me", headers=headers), 401, "auth.invalid_token")


@pytest.mark.parametrize("scheme", ["Basic", "bearer\t", "Token", ""])
async def test_a_token_in_another_scheme_is_none(
    world: World, nobody: httpx2.AsyncClient, scheme: str
) -> None:
    headers = {"Authorization": f"{scheme} {world.tokens.issue(world.anna)}"}
    assert (await nobody.get("/auth/me", headers=headers)).status_code == 401


@pytest.mark.parametrize("place", ["access_token", "token", "authorization"])
async def test_a_token_in_the_url_or_a_cookie_is_none(
    world: World, nobody: httpx2.AsyncClient, place: str
) -> None:
    token = world.tokens.issue(world.anna)
    problem(await nobody.get("/auth/me", params={place: token}), 401, "auth.missing_token")
    problem(await nobody.get("/auth/me", headers={"Cookie": f"{place}={token}"}), 401, "auth.missing_token")
