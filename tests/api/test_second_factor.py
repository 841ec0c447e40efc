"""An authenticator app and recovery codes, from setting up to losing the phone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.api.factors import actor_of, code, halfway, proven, sent, shown, told, user_id, with_app
from tests.api.world import World, problem

ANNA = "anna@acme.example"


async def test_an_app_is_set_up_and_asked_for(world: World, nobody: httpx2.AsyncClient) -> None:
    secret, codes = await with_app(world, world.anna)
    assert len(set(codes)) == 10
    first = await halfway(nobody, ANNA)
    assert first["methods"] == ["totp", "recovery_code"]
    actor = actor_of(world, await shown(nobody, first["mfa_token"], totp=code(world, secret)))
    assert (actor.id, actor.mfa) == (world.anna.id, True)
    session = await world.vault.sessions.find(actor.session_id)  # type: ignore[arg-type]
    assert session and session.amr == ("mfa", "otp", "pwd")


async def test_it_is_told_by_an_event_and_by_mail(world: World) -> None:
    await with_app(world, world.anna)
    [added] = sent(world, "AddFactor")
    assert (added.user_id, added.kind) == (user_id(world.anna), "totp")
    assert told(world) == ["authenticator app added"]
    [letter] = [command.letter for command in sent(world, "RequestLetter")]
    assert letter.to == next(user.email for user in world.reads.users if user.id == user_id(world.anna))


async def test_an_app_that_showed_no_right_code_does_not_count(
    world: World, anna: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    await anna.post("/auth/factors/totp")
    wrong = await anna.post("/auth/factors/totp/confirm", json={"code": "000000"})
    problem(wrong, 400, "auth.wrong_factor")
    form = {"grant_type": "password", "username": ANNA, "password": "correct horse battery"}
    assert (await nobody.post("/auth/token", data=form)).status_code == 200


async def test_an_app_that_could_not_be_recorded_was_not_added(
    world: World, anna: httpx2.AsyncClient
) -> None:
    secret = (await anna.post("/auth/factors/totp")).json()["secret"]
    world.bus.down = True
    failed = await anna.post("/auth/factors/totp/confirm", json={"code": code(world, secret)})
    problem(failed, 503, "bus.unavailable")
    world.bus.down = False
    assert (await anna.get("/auth/factors")).json()["totp"] is False
    assert (await anna.post("/auth/factors/totp")).status_code == 200


async def test_there_is_one_app(world: World) -> None:
    await with_app(world, world.anna)
    async with world.client(proven(world.anna)) as anna:
        problem(await anna.post("/auth/factors/totp"), 409, "auth.totp_active")
        again = await anna.post("/auth/factors/totp/confirm", json={"code": "000000"})
        problem(again, 409, "auth.totp_active")


async def test_a_recovery_code_stands_in_for_the_app(world: World, nobody: httpx2.AsyncClient) -> None:
    _, codes = await with_app(world, world.anna)
    first = await halfway(nobody, ANNA)
    typed = codes[0].upper().replace("-", " ")
    assert actor_of(world, await shown(nobody, first["mfa_token"], recovery_code=typed)).mfa
    assert told(world)[-1] == "a recovery code was used, 9 are left"
    async with world.client(world.anna) as anna:
        assert (await anna.get("/auth/factors")).json() == {
            "password": True,
            "totp": True,
            "passkeys": 0,
            "recovery_codes_left": 9,
            "providers": [],
            "mfa": True,
        }


async def test_renewed_codes_replace_those_before(world: World, nobody: httpx2.AsyncClient) -> None:
    _, old = await with_app(world, world.anna)
    async with world.client(proven(world.anna)) as anna:
        fresh = (await anna.post("/auth/factors/recovery-codes")).json()["recovery_codes"]
    token = (await halfway(nobody, ANNA))["mfa_token"]
    problem(await shown(nobody, token, recovery_code=old[1]), 401, "auth.wrong_factor")
    assert actor_of(world, await shown(nobody, token, recovery_code=fresh[1])).mfa
    assert "recovery codes renewed" in told(world)


async def test_without_a_factor_there_is_nothing_to_recover(anna: httpx2.AsyncClient) -> None:
    problem(await anna.post("/auth/factors/recovery-codes"), 409, "auth.no_factor")


async def test_with_the_last_factor_the_recovery_codes_go(world: World, nobody: httpx2.AsyncClient) -> None:
    await with_app(world, world.anna)
    async with world.client(proven(world.anna)) as anna:
        assert (await anna.delete("/auth/factors/totp")).status_code == 200
        told_after = (await anna.get("/auth/factors")).json()
    assert (told_after["totp"], told_after["recovery_codes_left"], told_after["mfa"]) == (False, 0, False)
    [added], [gone] = sent(world, "AddFactor"), sent(world, "RemoveFactor")
    assert gone.factor_id == added.factor_id
    assert told(world)[-1] == "authenticator app removed"


@pytest.mark.parametrize(
    "method, path",
    [
        ("POST", "/auth/factors/totp"),
        ("DELETE", "/auth/factors/totp"),
        ("POST", "/auth/factors/recovery-codes"),
        ("POST", "/auth/passkeys/registration"),
        ("DELETE", "/auth/passkeys/AAAA"),
    ],
)
async def test_changes_need_a_recent_proof_with_all_factors(world: World, method: str, path: str) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=16)
    async with world.client(world.anna.model_copy(update={"authenticated_at": long_ago})) as anna:
        problem(await anna.request(method, path), 403, "auth.step_up_required")
    await with_app(world, world.anna)
    async with world.client(world.anna) as anna:
        problem(await anna.request(method, path), 403, "auth.step_up_required")


async def test_nobody_changes_it_for_somebody_else(world: World) -> None:
    helper = world.anna.model_copy(update={"impersonator": world.admin.id})
    async with world.client(helper) as client:
        problem(await client.get("/auth/factors"), 403, "auth.only_in_person")
        problem(await client.post("/auth/factors/totp"), 403, "auth.only_in_person")


async def test_who_was_disabled_between_the_factors_stays_out(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    secret, _ = await with_app(world, world.anna)
    token = (await halfway(nobody, ANNA))["mfa_token"]
    world.reads.users = [replace(user, disabled=True) for user in world.reads.users]
    problem(await shown(nobody, token, totp=code(world, secret)), 401, "auth.mfa_expired")


@pytest.mark.parametrize("factors", [{}, {"totp": "123456", "recovery_code": "x"}])
async def test_exactly_one_factor_is_shown(nobody: httpx2.AsyncClient, factors: dict[str, str]) -> None:
    body = {"mfa_token": "x", **factors}
    told = problem(await nobody.post("/auth/token/mfa", json=body), 422, "request.invalid")
    assert [one["code"] for one in told["problems"]] == ["one_way"]
