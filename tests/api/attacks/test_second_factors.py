"""Getting past the second factor: by guessing, by using things twice, with what is somebody else's."""

import httpx2
import pytest

from api.signing_in.second_factor import LIFE_SECONDS, MfaTokens
from infra.crypto.secrets import SecretBox
from tests.api.factors import actor_of, code, halfway, proven, shown, user_id, with_app, with_passkey
from tests.api.world import World, problem
from tests.support.authenticator import Authenticator

ANNA, ZOE = "anna@acme.example", "zoe@zeta.example"


async def test_a_code_is_accepted_once(world: World, nobody: httpx2.AsyncClient) -> None:
    secret, _ = await with_app(world, world.anna)
    token, now = (await halfway(nobody, ANNA))["mfa_token"], code(world, secret)
    assert actor_of(world, await shown(nobody, token, totp=now)).mfa
    problem(await shown(nobody, token, totp=now), 401, "auth.wrong_factor")
    second = (await halfway(nobody, ANNA))["mfa_token"]
    problem(await shown(nobody, second, totp=now), 401, "auth.wrong_factor")


async def test_a_code_that_confirmed_the_app_signs_nobody_in(
    world: World, anna: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    secret = (await anna.post("/auth/factors/totp")).json()["secret"]
    seen = code(world, secret)
    await anna.post("/auth/factors/totp/confirm", json={"code": seen})
    token = (await halfway(nobody, ANNA))["mfa_token"]
    problem(await shown(nobody, token, totp=seen), 401, "auth.wrong_factor")


async def test_a_recovery_code_is_used_once(world: World, nobody: httpx2.AsyncClient) -> None:
    _, codes = await with_app(world, world.anna)
    token = (await halfway(nobody, ANNA))["mfa_token"]
    assert actor_of(world, await shown(nobody, token, recovery_code=codes[0])).mfa
    problem(await shown(nobody, token, recovery_code=codes[0]), 401, "auth.wrong_factor")


async def test_anothers_factors_do_not_count(world: World, nobody: httpx2.AsyncClient) -> None:
    await with_app(world, world.anna)
    secret, codes = await with_app(world, world.zoe)
    token = (await halfway(nobody, ANNA))["mfa_token"]
    problem(await shown(nobody, token, totp=code(world, secret)), 401, "auth.wrong_factor")
    problem(await shown(nobody, token, recovery_code=codes[0]), 401, "auth.wrong_factor")


async def test_a_forged_token_is_none(world: World, nobody: httpx2.AsyncClient) -> None:
    secret, _ = await with_app(world, world.anna)
    real = (await halfway(nobody, ANNA))["mfa_token"]
    other_key = MfaTokens(SecretBox(["another key"]), world.time)
    ours = world.app.state.deps.mfa_tokens.read(real)
    forged = ["x", real[:-2] + "AA", real.swapcase(), other_key.make(ours), "é" * 40]
    access = world.tokens.issue(world.anna)
    for token in [*forged, access]:
        problem(await shown(nobody, token, totp=code(world, secret)), 401, "auth.mfa_expired")


async def test_a_token_is_good_for_five_minutes(world: World, nobody: httpx2.AsyncClient) -> None:
    secret, _ = await with_app(world, world.anna)
    token = (await halfway(nobody, ANNA))["mfa_token"]
    world.seconds += LIFE_SECONDS
    problem(await shown(nobody, token, totp=code(world, secret)), 401, "auth.mfa_expired")


async def test_half_a_sign_in_opens_nothing(world: World, nobody: httpx2.AsyncClient) -> None:
    await with_app(world, world.anna)
    token = (await halfway(nobody, ANNA))["mfa_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    problem(await nobody.get("/auth/me", headers=bearer), 401, "auth.invalid_token")


async def test_guessing_locks_the_factor_and_not_the_password(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    secret, _ = await with_app(world, world.anna)
    token = (await halfway(nobody, ANNA))["mfa_token"]
    for number in range(20):
        await shown(nobody, token, totp=f"{number:06}")
    assert max(world.slept) >= 3
    locked = await shown(nobody, token, totp=code(world, secret))
    problem(locked, 429, "auth.locked")
    world.seconds += 60
    again = (await halfway(nobody, ANNA))["mfa_token"]
    problem(await shown(nobody, again, totp=code(world, secret)), 429, "auth.locked")


async def test_a_new_half_does_not_begin_the_count_anew(world: World, nobody: httpx2.AsyncClient) -> None:
    await with_app(world, world.anna)
    for number in range(20):
        token = (await halfway(nobody, ANNA))["mfa_token"]
        await shown(nobody, token, recovery_code=f"guess-{number}")
    token = (await halfway(nobody, ANNA))["mfa_token"]
    problem(await shown(nobody, token, recovery_code="guess"), 429, "auth.locked")


async def options_for(client: httpx2.AsyncClient, token: str | None = None) -> dict[str, object]:
    body = {"mfa_token": token} if token else {}
    answer = await client.post("/auth/passkeys/sign-in/options", json=body)
    found: dict[str, object] = answer.json()["public_key"]
    return found


async def finish(client: httpx2.AsyncClient, answer: dict[str, object]) -> httpx2.Response:
    return await client.post("/auth/passkeys/sign-in", json={"answer": answer})


async def test_an_answer_is_good_once(world: World, nobody: httpx2.AsyncClient) -> None:
    device = Authenticator()
    await with_passkey(world, world.anna, device)
    answer = device.get(await options_for(nobody))
    assert actor_of(world, await finish(nobody, answer)).mfa
    problem(await finish(nobody, answer), 401, "auth.passkey_refused")


async def test_an_answer_counts_only_in_the_browser_that_asked(world: World) -> None:
    """Whoever sends a victim an answer of their own would have them signed in as somebody else."""
    device = Authenticator()
    await with_passkey(world, world.zoe, device)
    async with world.client() as attacker, world.client() as victim:
        answer = device.get(await options_for(attacker))
        problem(await finish(victim, answer), 401, "auth.other_browser")
        await options_for(victim)
        problem(await finish(victim, answer), 401, "auth.passkey_refused")


async def test_a_pages_origin_must_be_ours(world: World, nobody: httpx2.AsyncClient) -> None:
    device = Authenticator()
    await with_passkey(world, world.anna, device)
    device.origin = "https://app.example.evil"
    answer = device.get(await options_for(nobody))
    problem(await finish(nobody, answer), 401, "auth.passkey_refused")


async def test_a_device_that_did_not_know_its_owner_does_not_count(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    device = Authenticator()
    await with_passkey(world, world.anna, device)
    device.verifies = False
    problem(await finish(nobody, device.get(await options_for(nobody))), 401, "auth.passkey_refused")


async def test_a_copied_passkey_is_noticed(world: World, nobody: httpx2.AsyncClient) -> None:
    device = Authenticator()
    await with_passkey(world, world.anna, device)
    await finish(nobody, device.get(await options_for(nobody)))
    device.count = 1
    problem(await finish(nobody, device.get(await options_for(nobody))), 401, "auth.passkey_refused")


async def test_anothers_passkey_is_no_second_factor(world: World, nobody: httpx2.AsyncClient) -> None:
    device, zoes = Authenticator(), Authenticator()
    await with_passkey(world, world.anna, device)
    await with_passkey(world, world.zoe, zoes)
    anna, zoe = (await halfway(nobody, ANNA))["mfa_token"], (await halfway(nobody, ZOE))["mfa_token"]
    hers = zoes.get(await options_for(nobody, zoe))
    problem(await shown(nobody, anna, passkey=hers), 401, "auth.wrong_factor")
    free = zoes.get(await options_for(nobody))
    problem(await shown(nobody, anna, passkey=free), 401, "auth.wrong_factor")


async def test_a_challenge_of_another_purpose_does_not_count(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    device = Authenticator()
    await with_passkey(world, world.anna, device)
    async with world.client(proven(world.anna)) as anna:
        stepping = (await anna.post("/auth/passkeys/step-up/options")).json()["public_key"]
    await options_for(nobody)
    problem(await finish(nobody, device.get(stepping)), 401, "auth.passkey_refused")


async def test_anothers_registration_is_not_mine(world: World) -> None:
    async with world.client(world.zoe) as zoe, world.client(world.anna) as anna:
        options = (await zoe.post("/auth/passkeys/registration")).json()["public_key"]
        body = {"answer": Authenticator().create(options), "label": "Mallory's"}
        problem(await anna.post("/auth/passkeys", json=body), 400, "auth.passkey_refused")
    assert not await world.vault.passkeys.store.of_user(user_id(world.anna))


async def test_anothers_passkey_cannot_be_named_or_removed(world: World) -> None:
    key = await with_passkey(world, world.zoe, Authenticator())
    async with world.client(world.anna) as anna:
        problem(await anna.patch(f"/auth/passkeys/{key}", json={"label": "x"}), 404, "auth.passkey_not_found")
        problem(await anna.delete(f"/auth/passkeys/{key}"), 404, "auth.passkey_not_found")
    assert await world.vault.passkeys.store.of_user(user_id(world.zoe))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"id": "x"},
        {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}},
        {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": "x" * 20_000},
        {"response": {"clientDataJSON": "AAAA" * 100}},
    ],
)
async def test_nonsense_is_refused_like_all_else(
    world: World, nobody: httpx2.AsyncClient, anna: httpx2.AsyncClient, answer: dict[str, object]
) -> None:
    await options_for(nobody)
    problem(await finish(nobody, answer), 401, "auth.passkey_refused")
    made = await anna.post("/auth/passkeys", json={"answer": answer, "label": "x"})
    problem(made, 400, "auth.passkey_refused")
