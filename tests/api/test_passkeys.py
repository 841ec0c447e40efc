"""Passkeys: registered, named, used alone and beside a password, removed."""

import httpx2

from tests.api.factors import actor_of, halfway, proven, sent, shown, told, user_id, with_passkey
from tests.api.world import World, problem
from tests.support.authenticator import Authenticator

ANNA = "anna@acme.example"
BEGIN, FINISH = "/auth/passkeys/sign-in/options", "/auth/passkeys/sign-in"


async def test_a_passkey_signs_in_alone(world: World, nobody: httpx2.AsyncClient) -> None:
    device = Authenticator()
    await with_passkey(world, world.anna, device)
    begun = await nobody.post(BEGIN)
    answer = device.get(begun.json()["public_key"])
    actor = actor_of(world, await nobody.post(FINISH, json={"answer": answer}))
    assert (actor.id, actor.tenant_id, actor.mfa) == (world.anna.id, world.tenant, True)


async def test_it_is_bound_to_the_browser_by_a_cookie_no_script_reads(world: World) -> None:
    async with world.client(base_url="https://app.example") as browser:
        cookie = (await browser.post(BEGIN)).headers["set-cookie"]
    assert cookie.startswith("__Host-hb_browser=")
    for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert attribute in cookie


async def test_a_passkey_is_a_second_factor_too(world: World, nobody: httpx2.AsyncClient) -> None:
    device = Authenticator()
    await with_passkey(world, world.anna, device)
    first = await halfway(nobody, ANNA)
    assert first["methods"] == ["passkey", "recovery_code"]
    options = await nobody.post(BEGIN, json={"mfa_token": first["mfa_token"]})
    answer = device.get(options.json()["public_key"])
    actor = actor_of(world, await shown(nobody, first["mfa_token"], passkey=answer))
    assert actor.mfa


async def test_mine_are_listed_named_and_removed(world: World) -> None:
    device = Authenticator()
    key = await with_passkey(world, world.anna, device, "Phone")
    await with_passkey(world, world.zoe, device, "Zoe's")
    async with world.client(proven(world.anna)) as anna:
        [one] = (await anna.get("/auth/passkeys")).json()["items"]
        assert (one["id"], one["label"], one["used_at"]) == (key, "Phone", None)
        renamed = await anna.patch(f"/auth/passkeys/{key}", json={"label": "Old phone"})
        assert renamed.json()["label"] == "Old phone"
        assert (await anna.delete(f"/auth/passkeys/{key}")).status_code == 200
        assert (await anna.get("/auth/passkeys")).json()["items"] == []
        assert (await anna.get("/auth/factors")).json()["recovery_codes_left"] == 0
    added, gone = sent(world, "AddFactor")[0], sent(world, "RemoveFactor")[0]
    assert (gone.user_id, gone.factor_id) == (added.user_id, added.factor_id)
    assert told(world) == ["passkey Phone added", "passkey Zoe's added", "passkey Old phone removed"]


async def test_the_only_way_in_stays(world: World) -> None:
    key = await with_passkey(world, world.anna, Authenticator())
    await world.vault.passwords.remove(user_id(world.anna))
    async with world.client(proven(world.anna)) as anna:
        problem(await anna.delete(f"/auth/passkeys/{key}"), 409, "identity.last_way_in")
        world.reads.identities["index"] = user_id(world.anna), "google"
        assert (await anna.delete(f"/auth/passkeys/{key}")).status_code == 200


async def test_it_stays_until_it_is_decided_that_it_may_go(world: World) -> None:
    key = await with_passkey(world, world.anna, Authenticator())
    async with world.client(proven(world.anna)) as anna:
        world.bus.slow = True
        problem(await anna.delete(f"/auth/passkeys/{key}"), 503, "auth.not_decided_yet")
        assert len((await anna.get("/auth/passkeys")).json()["items"]) == 1
        world.bus.slow = False
        assert (await anna.delete(f"/auth/passkeys/{key}")).status_code == 200
        assert (await anna.get("/auth/passkeys")).json()["items"] == []


async def test_one_that_could_not_be_recorded_was_not_added(world: World, anna: httpx2.AsyncClient) -> None:
    options = (await anna.post("/auth/passkeys/registration")).json()["public_key"]
    world.bus.down = True
    body = {"answer": Authenticator().create(options), "label": "Phone"}
    problem(await anna.post("/auth/passkeys", json=body), 503, "bus.unavailable")
    assert (await anna.get("/auth/passkeys")).json()["items"] == []


async def test_who_is_signed_in_proves_it_again(world: World) -> None:
    device, me = Authenticator(), await world.signed_in(world.anna)
    await with_passkey(world, me, device)
    async with world.client(me) as anna:
        problem(await anna.post("/auth/factors/totp"), 403, "auth.step_up_required")
        options = (await anna.post("/auth/passkeys/step-up/options")).json()["public_key"]
        answer = device.get(options)
        stepped = await anna.post("/auth/step-up", json={"passkey": answer})
        assert actor_of(world, stepped).mfa
        again = await anna.post("/auth/step-up", json={"passkey": answer})
        problem(again, 401, "auth.invalid_credentials")
    async with world.client(actor_of(world, stepped)) as anna:
        assert (await anna.post("/auth/factors/totp")).status_code == 200
