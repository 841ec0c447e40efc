import asyncio
import base64
import json
import os
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from infra.crypto.keys import FileKeyStore, KeyRing, new_key
from infra.crypto.passwords import NICENESS, Passwords, TooBusy
from infra.crypto.recent_tokens import RecentTokens
from infra.crypto.secrets import SecretBox, UnreadableSecret, derive
from infra.crypto.tokens import BadToken, ExpiredToken, Tokens, UnknownKey
from schemas.access import Role
from schemas.base import PartnerId, TenantId
from schemas.envelope import Actor

FAST = Passwords(memory_kib=64, passes=1)
ANNA = Actor(
    kind="user",
    id=str(uuid4()),
    role=Role.TENANT_ADMIN,
    tenant_id=TenantId(uuid4()),
    partner_id=PartnerId(uuid4()),
    session_id=uuid4(),
    authenticated_at=datetime(2026, 11, 26, 9, tzinfo=UTC),
)


def ring() -> KeyRing:
    return KeyRing(new_key(), new_key())


def altered(token: str, part: int, **changes: object) -> str:
    pieces = token.split(".")
    data = json.loads(base64.urlsafe_b64decode(pieces[part] + "=="))
    pieces[part] = base64.urlsafe_b64encode(json.dumps(data | changes).encode()).decode().rstrip("=")
    return ".".join(pieces)


async def test_a_password_matches_its_own_hash_only() -> None:
    stored = await FAST.hash("a long enough password")
    assert stored.startswith("$argon2id$")
    assert await FAST.verify(stored, "a long enough password")
    assert not await FAST.verify(stored, "another long password")
    assert not await FAST.verify("not a hash", "a long enough password")


async def test_an_unknown_user_costs_as_much_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    passwords = Passwords(memory_kib=64, passes=1)
    monkeypatch.setattr(passwords, "_matches", lambda stored, _: compared.append(stored))
    await passwords.verify(None, "wrong")
    [stored] = compared
    assert "$m=64,t=1,p=1$" in stored


async def test_not_even_the_dummy_password_opens_an_unknown_account() -> None:
    assert not await FAST.verify(None, "nobody has this password")


async def test_at_most_two_hashes_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(memory_kib=64, passes=1)
    running = most = 0

    def slow(stored: str, password: str) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.005)
        running -= 1
        return True

    monkeypatch.setattr(passwords, "_matches", slow)
    await asyncio.gather(*(passwords.verify("x", "y") for _ in range(8)))
    assert most == 2


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has no priority of its own")
async def test_hashes_give_way_to_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(memory_kib=64, passes=1)
    seen: list[int] = []
    monkeypatch.setattr(passwords, "_matches", lambda *_: seen.append(niceness()))
    await passwords.verify("x", "y")
    assert seen == [min(niceness() + NICENESS, LOWEST)]


LOWEST = 19


def niceness() -> int:
    """Of this thread."""
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


async def test_who_would_wait_too_long_is_told_at_once() -> None:
    passwords = Passwords(memory_kib=64, passes=1, concurrent=1, waiting=3)
    answers = await asyncio.gather(*(passwords.verify(None, "x") for _ in range(6)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [bool] * 4 + [TooBusy] * 2
    assert not await passwords.verify(None, "x")


async def test_a_letter_is_the_same_however_it_is_composed() -> None:
    stored = await FAST.hash("caf\u00e9 au lait, please")
    assert await FAST.verify(stored, "cafe\u0301 au lait, please")


def test_a_token_says_who_acts() -> None:
    tokens = Tokens(ring())
    assert tokens.verify(tokens.issue(ANNA)) == ANNA


def test_a_token_ends() -> None:
    now = 1_000_000.0
    keys = ring()
    token = Tokens(keys, minutes=10, now=lambda: now).issue(ANNA)
    assert Tokens(keys, now=lambda: now + 599).verify(token) == ANNA
    with pytest.raises(ExpiredToken):
        Tokens(keys, now=lambda: now + 601).verify(token)


@pytest.mark.parametrize("issuer, audience", [("other", "hirebuddha-api"), ("hirebuddha", "other")])
def test_a_token_for_somebody_else_is_refused(issuer: str, audience: str) -> None:
    keys = ring()
    with pytest.raises(BadToken):
        Tokens(keys).verify(Tokens(keys, issuer=issuer, audience=audience).issue(ANNA))


def test_a_changed_token_is_refused() -> None:
    tokens = Tokens(ring())
    token = tokens.issue(ANNA)
    for forged in (
        altered(token, 1, tenant_id=str(uuid4())),
        altered(token, 1, role="platform_admin"),
        altered(token, 0, alg="none"),
        altered(token, 0, alg="none").rsplit(".", 1)[0] + ".",
        altered(token, 0, kid="unknown"),
        token + "x",
        "a.b.c",
        "",
        "é",
    ):
        with pytest.raises(BadToken):
            tokens.verify(forged)


def test_the_public_key_is_no_shared_secret() -> None:
    """The classic forgery: HS256 with the published key as the secret."""
    tokens = Tokens(ring())
    secret = OctKey.import_key(json.dumps(tokens.jwks()["keys"][0]))
    forged = jwt.encode({"alg": "HS256", "kid": tokens.ring.current.kid}, {"sub": "x"}, secret)
    with pytest.raises(BadToken):
        tokens.verify(forged)


def test_the_published_keys_are_public() -> None:
    keys = Tokens(ring()).jwks()["keys"]
    assert len(keys) == 2
    assert all({"kid", "kty", "alg", "use", "x", "y"} <= key.keys() and "d" not in key for key in keys)


def test_tokens_outlive_a_rotation() -> None:
    before = ring()
    token = Tokens(before).issue(ANNA)
    after = before.rotated(0)
    assert after.current.kid == before.next.kid
    assert Tokens(after).verify(token) == ANNA
    with pytest.raises(UnknownKey):
        Tokens(after.rotated(1).rotated(2)).verify(token)


def test_a_key_file_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ring"
    store = FileKeyStore(path)
    assert store.create(b"first") == b"first"
    assert path.stat().st_mode & 0o077 == 0
    assert store.create(b"late") == b"first" == store.read()
    assert list(path.parent.iterdir()) == [path]


def test_a_box_opens_what_an_older_key_sealed() -> None:
    sealed = SecretBox(["old"]).seal(b"provider key")
    both = SecretBox(["new", "old"])
    assert both.open(sealed) == b"provider key"
    with pytest.raises(UnreadableSecret):
        SecretBox(["new"]).open(sealed)
    assert derive("m", "a") != derive("m", "b")


def test_a_ring_signs_with_its_current_key() -> None:
    keys = ring()
    token = Tokens(keys).issue(ANNA)
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header["kid"] == keys.current.kid
    assert header["alg"] == "ES256"
    assert isinstance(keys.current, ECKey)


def test_what_was_verified_a_moment_ago_is_believed_until_it_ends() -> None:
    now = [1_000_000.0]
    tokens = Tokens(ring(), minutes=1, now=lambda: now[0])
    recent = RecentTokens(tokens, now=lambda: now[0])
    token = recent.issue(ANNA)
    first = recent.read(token)
    assert first.actor == ANNA and recent.read(token) is first
    now[0] += 31
    assert recent.read(token) is not first
    now[0] += 30
    with pytest.raises(ExpiredToken):
        recent.read(token)


def test_a_token_altered_after_it_was_verified_is_none() -> None:
    recent = RecentTokens(Tokens(ring()))
    token = recent.issue(ANNA)
    recent.read(token)
    with pytest.raises(BadToken):
        recent.read(altered(token, 1, role="platform_admin"))
