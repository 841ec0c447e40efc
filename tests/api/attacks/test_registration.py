"""Registering, verifying and resetting tell nobody who is here, and open nothing to who guesses."""

from typing import Any

import httpx2
import pytest

from infra.crypto.passwords import Passwords
from infra.identity.codes import MOST_ISSUED, MOST_TRIES
from schemas.envelope import Envelope
from tests.api.attacks.test_sign_in import told
from tests.api.letters import letters
from tests.api.test_passwords import NEW
from tests.api.test_registering import NINA
from tests.api.world import World, problem

KNOWN = "anna@acme.example"
OTHERS = {
    "unknown": "nobody@acme.example",
    "known, in capitals": "ANNA@Acme.example",
}
LOST = ("/auth/password/forgot", "/auth/unlock/request", "/auth/verify/resend")


class Counted:
    """The work done since: hashes, commands, and what the vault was asked for."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self._world, self.hashes, self._sent = world, 0, len(world.bus.sent)
        in_turn = Passwords._in_turn

        async def counted(passwords: Passwords, work: Any) -> Any:
            self.hashes += 1
            return await in_turn(passwords, work)

        monkeypatch.setattr(Passwords, "_in_turn", counted)

    def since(self) -> tuple[int, list[str]]:
        found = self.hashes, [one.type for one in self._world.bus.sent[self._sent :]]
        self.hashes, self._sent = 0, len(self._world.bus.sent)
        return found


@pytest.mark.parametrize("who", OTHERS)
async def test_registering_costs_the_same_for_everybody(
    world: World, nobody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    work = Counted(world, monkeypatch)
    known = await nobody.post("/auth/register", json=NINA | {"email": KNOWN})
    work_for_known = work.since()
    other = await nobody.post("/auth/register", json=NINA | {"email": OTHERS[who]})
    assert told(known) == told(other)
    assert work_for_known == work.since() == (1, ["notifications.letter.request"])


@pytest.mark.parametrize("path", LOST)
@pytest.mark.parametrize("who", OTHERS)
async def test_who_asks_for_a_letter_learns_nothing(
    world: World, nobody: httpx2.AsyncClient, path: str, who: str
) -> None:
    known = await nobody.post(path, json={"email": KNOWN})
    other = await nobody.post(path, json={"email": OTHERS[who]})
    assert told(known) == told(other)
    world.bus.down = True
    assert told(await nobody.post(path, json={"email": KNOWN})) == told(known), (
        "the answer comes before the work"
    )


async def test_no_stranger_gets_mail_from_us(world: World, nobody: httpx2.AsyncClient) -> None:
    for path in LOST:
        await nobody.post(path, json={"email": OTHERS["unknown"]})
    assert not letters(world)


async def test_nobody_is_flooded_with_letters(world: World, nobody: httpx2.AsyncClient) -> None:
    for path in LOST * (MOST_ISSUED + 3):
        assert (await nobody.post(path, json={"email": KNOWN})).status_code == 202
    kinds = [letter.template for letter in letters(world, KNOWN)]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(
        ("reset_password", "unlock_account", "account_exists"), MOST_ISSUED
    )


async def test_a_code_is_not_found_by_trying(world: World, nobody: httpx2.AsyncClient) -> None:
    """Five codes an hour, five tries each: one in four million."""
    await nobody.post("/auth/register", json=NINA)
    [letter] = letters(world)
    right = letter.values["code"]
    wrong = f"{(int(right) + 1) % 10**8:08}"
    for _ in range(MOST_TRIES):
        tried = await nobody.post("/auth/verify", json={"email": NINA["email"], "code": wrong})
        problem(tried, 400, "auth.bad_code")
    body = {"email": NINA["email"], "code": right}
    problem(await nobody.post("/auth/verify", json=body), 400, "auth.bad_code")
    answer = await nobody.post("/auth/verify", json={"link": letter.secret})
    assert answer.status_code == 200, "who guesses keeps nobody out"


async def test_a_code_of_one_address_opens_no_other(world: World, nobody: httpx2.AsyncClient) -> None:
    await nobody.post("/auth/register", json=NINA)
    await nobody.post("/auth/register", json=NINA | {"email": "nils@new.example"})
    [hers] = letters(world, NINA["email"])
    body = {"email": "nils@new.example", "code": hers.values["code"]}
    problem(await nobody.post("/auth/verify", json=body), 400, "auth.bad_code")


async def test_a_link_for_one_thing_opens_nothing_else(world: World, nobody: httpx2.AsyncClient) -> None:
    await nobody.post("/auth/password/forgot", json={"email": KNOWN})
    await nobody.post("/auth/unlock/request", json={"email": KNOWN})
    await nobody.post("/auth/register", json=NINA)
    by_purpose = {letter.template: letter.secret for letter in letters(world)}
    places = {
        "reset_password": ("/auth/password/reset", {"password": NEW}),
        "unlock_account": ("/auth/unlock", {}),
        "verify_email": ("/auth/verify", {}),
    }
    for purpose, secret in by_purpose.items():
        for other, (path, more) in places.items():
            if other != purpose:
                response = await nobody.post(path, json={"link": secret, **more})
                problem(response, 400, "auth.bad_code")
    for purpose, (path, more) in places.items():
        response = await nobody.post(path, json={"link": by_purpose[purpose], **more})
        assert response.status_code == 200, "each is still good for its own"


async def test_no_secret_of_a_letter_is_in_a_command(world: World, nobody: httpx2.AsyncClient) -> None:
    """Commands and events are kept for ever; codes, links, addresses and passwords must not be."""
    await nobody.post("/auth/register", json=NINA)
    await nobody.post("/auth/password/forgot", json={"email": KNOWN})
    secrets = [letter.secret for letter in letters(world)] + [letters(world)[0].values["code"]]
    for text in map(Envelope.model_dump_json, world.bus.sent):
        for secret in (*secrets, NINA["email"], KNOWN, NINA["password"]):
            assert secret not in text


async def test_registering_again_with_another_password_voids_the_first(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    """Whoever registered somebody else's address before them has nothing of it."""
    await nobody.post("/auth/register", json=NINA | {"password": "a stranger waits inside"})
    await nobody.post("/auth/register", json=NINA)
    strangers, hers = letters(world)
    problem(await nobody.post("/auth/verify", json={"link": strangers.secret}), 400, "auth.bad_code")
    await nobody.post("/auth/verify", json={"link": hers.secret})
    form = {"username": NINA["email"], "password": "a stranger waits inside"}
    problem(await nobody.post("/auth/token", data=form), 401, "auth.invalid_credentials")


async def test_signing_in_makes_another_session_each_time(world: World, nobody: httpx2.AsyncClient) -> None:
    """A session somebody knew before is not the one their victim gets."""
    own = {"Sec-Fetch-Site": "same-origin"}
    body = {"email": KNOWN, "password": "correct horse battery"}
    await nobody.post("/bff/session", json=body, headers=own)
    planted = world.app.state.deps.cookies.opened(nobody.cookies["hb_session"])
    await nobody.post("/bff/session", json=body, headers=own)
    fresh = world.app.state.deps.cookies.opened(nobody.cookies["hb_session"])
    ids = {world.tokens.verify(tokens.access).session_id for tokens in (planted, fresh)}
    assert len(ids) == 2
    assert planted.refresh != fresh.refresh
