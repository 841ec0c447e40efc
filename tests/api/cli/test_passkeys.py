"""This machine's passkey, against what checks passkeys at the platform."""

import asyncio
import json
import stat
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.cli import passkeys
from api.cli.errors import Refused
from api.cli.kept_login import Here
from api.cli.kept_passkey import KeptPasskey
from infra.identity.passkey_rows import Passkey
from infra.identity.passkeys import BadPasskey, Passkeys, RelyingParty
from schemas.base import UserId
from tests.api.cli.answering import TOKEN, Answer, Edge, refusing
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.passkeys import MemoryPasskeys

ORIGIN, PASSPHRASE = "https://app.example", "low tide, two gulls"
NINA = UserId(uuid4())


@pytest.fixture
def known(edge: Edge, at: Here) -> Passkeys:
    """The platform's side, behind the edge."""
    at.keep(TOKEN)
    clock = FakeClock(datetime(2026, 11, 26, tzinfo=UTC))
    party = Passkeys(MemoryPasskeys(clock), RelyingParty("app.example", (ORIGIN,)), clock)

    def begin(user_id: UserId | None = None, new: bool = False) -> Answer:
        def answer(request: httpx2.Request) -> httpx2.Response:
            asked = party.registration(NINA, "nina", "Nina", "b") if new else party.sign_in("b", user_id)
            return httpx2.Response(200, json={"public_key": asyncio.run(asked), "origin": party.origin})

        return answer

    def register(request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        made = asyncio.run(party.register(NINA, "b", body["answer"], body["label"]))
        return httpx2.Response(201, json={"id": made.label, "recovery_codes": ["4k9zq-1m7tw"]})

    def check(field: str, user_id: UserId | None = None) -> Answer:
        def answer(request: httpx2.Request) -> httpx2.Response:
            try:
                asyncio.run(party.signed_in("b", json.loads(request.content)[field], user_id))
            except BadPasskey:
                return refusing(401, "auth.passkey_refused")(request)
            return httpx2.Response(200, json=TOKEN)

        return answer

    edge.answers |= {
        "POST /auth/passkeys/registration": begin(new=True),
        "POST /auth/passkeys": register,
        "POST /auth/passkeys/sign-in/options": begin(),
        "POST /auth/passkeys/sign-in": check("answer"),
        "POST /auth/passkeys/step-up/options": begin(NINA),
        "POST /auth/step-up": check("passkey", NINA),
    }
    return party


def rows(known: Passkeys) -> list[Passkey]:
    return list(asyncio.run(known.store.of_user(NINA)))


def file_of(at: Here) -> dict[str, Any]:
    kept = KeptPasskey(at.file).read()
    assert kept
    return kept.model_dump()


def test_it_signs_in_and_proves_it_again(at: Here, known: Passkeys) -> None:
    passkeys.add(at, "desk", PASSPHRASE)
    for count in (1, 2):
        assert passkeys.sign_in(at, PASSPHRASE) == TOKEN
        assert rows(known)[0].sign_count == file_of(at)["count"] == 2 * count
        at.change("a2")
        at.ask("POST", "/auth/step-up", json=passkeys.proof(at, PASSPHRASE))


def test_its_file_is_its_owners_and_opens_with_the_passphrase_only(at: Here, known: Passkeys) -> None:
    passkeys.add(at, "desk", PASSPHRASE)
    kept = KeptPasskey(at.file).file
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "BEGIN ENCRYPTED PRIVATE KEY" in kept.read_text()
    assert PASSPHRASE not in kept.read_text()
    with pytest.raises(Refused, match="passphrase"):
        passkeys.sign_in(at, "high tide")


def test_a_copy_of_the_file_is_noticed(at: Here, known: Passkeys) -> None:
    passkeys.add(at, "desk", PASSPHRASE)
    file = KeptPasskey(at.file).file
    copied = file.read_text()
    passkeys.sign_in(at, PASSPHRASE)
    file.write_text(copied)
    with pytest.raises(Refused, match="passkey_refused"):
        passkeys.sign_in(at, PASSPHRASE)


def test_it_answers_the_platform_it_was_made_at_only(edge: Edge, at: Here, known: Passkeys) -> None:
    passkeys.add(at, "desk", PASSPHRASE)
    elsewhere = Here(at.file, "http://api.example.evil", at.open)
    with pytest.raises(Refused, match="no passkey for"):
        passkeys.sign_in(elsewhere, PASSPHRASE)
    assert edge.seen[-1].url.path == "/auth/passkeys/sign-in/options", "nothing was answered"


def test_what_the_platform_does_not_take_is_not_kept(edge: Edge, at: Here, known: Passkeys) -> None:
    edge.answers["POST /auth/passkeys"] = refusing(409, "auth.too_many_passkeys")
    with pytest.raises(Refused):
        passkeys.add(at, "desk", PASSPHRASE)
    assert KeptPasskey(at.file).read() is None


def test_a_machine_has_one_until_it_is_removed(edge: Edge, at: Here, known: Passkeys) -> None:
    with pytest.raises(Refused, match="no passkey"):
        passkeys.remove(at, None)
    passkeys.add(at, "desk", PASSPHRASE)
    with pytest.raises(Refused, match="hb passkeys remove"):
        passkeys.add(at, "desk", PASSPHRASE)
    edge.answers["DELETE /auth/passkeys/another"] = {"position": 1}
    passkeys.remove(at, "another")
    edge.answers[f"DELETE /auth/passkeys/{file_of(at)['id']}"] = {"position": 2}
    passkeys.remove(at, None)
    assert KeptPasskey(at.file).read() is None


def test_a_passkey_without_a_passphrase_would_know_nobody(at: Here, known: Passkeys) -> None:
    with pytest.raises(Refused, match="passphrase"):
        passkeys.add(at, "desk", "")
    assert rows(known) == []
