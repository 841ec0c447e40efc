"""A password that is lost, changed, or guessed at."""

import re
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from schemas.identity.commands import NotePasswordChange
from tests.api.letters import letters
from tests.api.test_identity import form
from tests.api.test_registering import sent
from tests.api.world import PASSWORD, World, problem

EMAIL = "anna@acme.example"
NEW = "seven blue lanterns drift"


async def forgotten(world: World, nobody: httpx2.AsyncClient) -> str:
    """The secret of the link they get."""
    response = await nobody.post("/auth/password/forgot", json={"email": EMAIL})
    assert (response.status_code, response.json()) == (202, {"status": "sent"})
    letter = letters(world, EMAIL)[-1]
    assert letter.template == "reset_password"
    assert re.fullmatch(r"http://localhost:8000/reset#[\w-]{43}", letter.values["link"])
    return letter.secret


async def reset(nobody: httpx2.AsyncClient, link: str, password: str = NEW) -> httpx2.Response:
    return await nobody.post("/auth/password/reset", json={"link": link, "password": password})


async def test_a_link_sets_a_new_password_and_signs_out_everywhere(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    before = (await nobody.post("/auth/token", data=form(EMAIL))).json()
    link = await forgotten(world, nobody)
    assert (await reset(nobody, link)).status_code == 200
    problem(await nobody.post("/auth/token", data=form(EMAIL)), 401, "auth.invalid_credentials")
    assert (await nobody.post("/auth/token", data=form(EMAIL, NEW))).status_code == 200
    bearer = {"Authorization": f"Bearer {before['access_token']}"}
    problem(await nobody.get("/agents", headers=bearer), 401, "auth.stale_token")
    refresh = {"refresh_token": before["refresh_token"]}
    problem(await nobody.post("/auth/refresh", json=refresh), 401, "auth.session_revoked")
    assert [str(command.user_id) for command in sent(world, NotePasswordChange)] == [world.anna.id]


async def test_a_link_is_good_once_and_not_for_long(world: World, nobody: httpx2.AsyncClient) -> None:
    link = await forgotten(world, nobody)
    await reset(nobody, link)
    problem(await reset(nobody, link), 400, "auth.bad_code")
    late = await forgotten(world, nobody)
    world.seconds += 901
    problem(await reset(nobody, late), 400, "auth.bad_code")


async def test_the_code_of_the_letter_does_the_same(world: World, nobody: httpx2.AsyncClient) -> None:
    await forgotten(world, nobody)
    code = letters(world, EMAIL)[-1].values["code"]
    body = {"email": EMAIL, "code": f"{code[:4]} {code[4:]}", "password": NEW}
    assert (await nobody.post("/auth/password/reset", json=body)).status_code == 200
    assert (await nobody.post("/auth/token", data=form(EMAIL, NEW))).status_code == 200
    problem(await nobody.post("/auth/password/reset", json=body), 400, "auth.bad_code")


async def test_a_code_is_guessed_at_five_times(world: World, nobody: httpx2.AsyncClient) -> None:
    link = await forgotten(world, nobody)
    right = letters(world, EMAIL)[-1].values["code"]
    wrong = f"{(int(right) + 1) % 10**8:08}"
    for code in (*[wrong] * 5, right):
        body = {"email": EMAIL, "code": code, "password": NEW}
        problem(await nobody.post("/auth/password/reset", json=body), 400, "auth.bad_code")
    assert (await reset(nobody, link)).status_code == 200, "who guesses keeps nobody out"


async def test_a_bad_password_costs_no_link(world: World, nobody: httpx2.AsyncClient) -> None:
    link = await forgotten(world, nobody)
    problem(await reset(nobody, link, "short"), 422, "auth.password_refused")
    assert (await reset(nobody, link)).status_code == 200


async def test_a_reset_lifts_the_lock(world: World, nobody: httpx2.AsyncClient) -> None:
    for _ in range(20):
        await nobody.post("/auth/token", data=form(EMAIL, "wrong password"))
    problem(await nobody.post("/auth/token", data=form(EMAIL)), 429, "auth.locked")
    await reset(nobody, await forgotten(world, nobody))
    assert (await nobody.post("/auth/token", data=form(EMAIL, NEW))).status_code == 200


async def test_a_lock_is_lifted_by_mail(world: World, nobody: httpx2.AsyncClient) -> None:
    for _ in range(20):
        await nobody.post("/auth/token", data=form(EMAIL, "wrong password"))
    await nobody.post("/auth/unlock/request", json={"email": EMAIL})
    [letter] = letters(world, EMAIL)
    assert letter.template == "unlock_account"
    body = {"email": EMAIL, "code": letter.values["code"]}
    assert (await nobody.post("/auth/unlock", json=body)).status_code == 200
    assert (await nobody.post("/auth/token", data=form(EMAIL))).status_code == 200


async def test_changing_it_signs_out_everywhere_else(world: World, nobody: httpx2.AsyncClient) -> None:
    mine = (await nobody.post("/auth/token", data=form(EMAIL))).json()
    other = (await nobody.post("/auth/token", data=form(EMAIL))).json()
    bearer = {"Authorization": f"Bearer {mine['access_token']}"}
    changed = await nobody.post("/auth/password", json={"current": PASSWORD, "password": NEW}, headers=bearer)
    assert (changed.status_code, changed.json()) == (200, {"ended": 1})
    assert (await nobody.get("/auth/me", headers=bearer)).status_code == 200
    stale = {"Authorization": f"Bearer {other['access_token']}"}
    problem(await nobody.get("/auth/me", headers=stale), 401, "auth.stale_token")
    assert (await nobody.post("/auth/token", data=form(EMAIL, NEW))).status_code == 200


@pytest.mark.parametrize(
    ("minutes", "body", "status", "code"),
    [
        (1, {"password": NEW}, 200, ""),
        (16, {"password": NEW}, 403, "auth.step_up_required"),
        (16, {"password": NEW, "current": "wrong password"}, 401, "auth.invalid_credentials"),
        (16, {"password": NEW, "current": PASSWORD}, 200, ""),
        (1, {"password": "anna@acme.example"}, 422, "auth.password_refused"),
    ],
)
async def test_a_change_needs_the_old_one_or_a_recent_sign_in(
    world: World, minutes: int, body: dict[str, str], status: int, code: str
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    async with world.client(world.anna.model_copy(update={"authenticated_at": at})) as client:
        response = await client.post("/auth/password", json=body)
    assert response.status_code == status, response.text
    assert response.json().get("code", "") == code
