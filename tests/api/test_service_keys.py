"""Keys of programs: what they open, and what they never do."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from api.found_keys import FoundKeys
from api.key_uses import KeyUses
from infra.identity.secret_texts import KEY, hash_of, new_key
from schemas.access import Permission
from schemas.access_limits import ONLY_IN_PERSON
from schemas.envelope import Actor
from tests.api.fake_teams import FakeTeamReads, MemoryKeyUses
from tests.api.world import World, problem

SCOPES = ["executions:read", "executions:start"]
PROGRAM = {"name": "Nightly", "role": "tenant_operator"}


async def key_for(world: World, actor: Actor | None = None, **changes: Any) -> tuple[UUID, UUID, str]:
    """The account, the key's id, the key."""
    role = changes.pop("role", "tenant_operator")
    account = await world.make("/service-accounts", {"name": f"p{uuid4()}", "role": role}, actor)
    async with world.client(actor or world.anna) as client:
        body = {"label": "CI", "scopes": SCOPES, **changes}
        response = await client.post(f"/service-accounts/{account}/keys", json=body)
    assert response.status_code == 201, response.text
    return account, UUID(response.json()["id"]), response.json()["key"]


async def get(world: World, path: str, key: str, header: str = "Authorization") -> httpx2.Response:
    text = f"Bearer {key}" if header == "Authorization" else key
    async with world.client(None, **{header: text}) as client:
        return await client.get(path)


async def test_a_key_opens_what_it_was_issued_for(world: World) -> None:
    _, _, key = await key_for(world)
    assert KEY.fullmatch(key)
    assert (await get(world, "/executions", key)).status_code == 200
    assert (await get(world, "/executions", key, "X-API-Key")).status_code == 200
    problem(await get(world, "/members", key), 403, "auth.forbidden")
    problem(await get(world, "/service-accounts", key), 403, "auth.forbidden")


async def test_what_is_kept_of_a_key_opens_nothing(world: World) -> None:
    account, _, key = await key_for(world)
    assert key not in str([envelope.data for envelope in world.bus.sent])
    async with world.client(world.anna) as anna:
        shown = (await anna.get(f"/service-accounts/{account}")).text
    assert key not in shown
    assert hash_of(key) not in shown
    problem(await get(world, "/executions", hash_of(key)), 401, "auth.invalid_token")


async def test_a_retry_under_the_same_idempotency_key_gets_the_same_key(world: World) -> None:
    account = await world.make("/service-accounts", PROGRAM)
    body = {"label": "CI", "scopes": SCOPES}
    async with world.client(world.anna, **{"Idempotency-Key": "once"}) as anna:
        first, again = [await anna.post(f"/service-accounts/{account}/keys", json=body) for _ in range(2)]
    assert first.json() == again.json()
    assert len(world.reads.key_rows) == 1


def test_keys_of_other_requests_and_other_secrets_are_others() -> None:
    request = uuid4()
    texts = {new_key(b"a", request).text, new_key(b"b", request).text, new_key(b"a", uuid4()).text}
    assert len(texts) == 3
    assert all(KEY.fullmatch(text) for text in texts)


@pytest.mark.parametrize("guess", ["hbk_", "hbk_aaaaaaaa_" + "A" * 43, "hbk_' OR 1=1", "hbk_aaaaaaaa"])
async def test_a_guess_tells_nothing(world: World, guess: str) -> None:
    _, _, key = await key_for(world)
    near = f"{key[:13]}{'A' * 43}"
    for text in (guess, near):
        told = problem(await get(world, "/executions", text), 401, "auth.invalid_key")
        assert told["detail"] == "This key is not valid."


async def test_who_holds_the_key_learns_why_it_does_not_count(world: World) -> None:
    account, id_, key = await key_for(world)
    known = world.reads.key_rows[hash_of(key)]
    world.reads.key_rows[hash_of(key)] = replace(known, expires_at=datetime.now(UTC))
    problem(await get(world, "/executions", key), 401, "auth.expired_key")
    world.reads.key_rows[hash_of(key)] = known
    async with world.client(world.anna) as anna:
        assert (await anna.delete(f"/service-accounts/{account}/keys/{id_}")).status_code == 200
    problem(await get(world, "/executions", key), 401, "auth.revoked_key")


async def test_a_key_counts_from_its_networks_only(world: World) -> None:
    _, _, near = await key_for(world, networks=["127.0.0.0/8"])
    _, _, far = await key_for(world, networks=["203.0.113.0/24"])
    assert (await get(world, "/executions", near)).status_code == 200
    problem(await get(world, "/executions", far), 403, "auth.key_not_from_here")


async def test_rotated_both_count_until_the_old_one_ends(world: World) -> None:
    account, id_, old = await key_for(world)
    async with world.client(world.anna) as anna:
        response = await anna.post(
            f"/service-accounts/{account}/keys/{id_}/rotate", json={"overlap_minutes": 5}
        )
        new = response.json()["key"]
        again = await anna.post(f"/service-accounts/{account}/keys/{id_}/rotate")
        problem(again, 404, "identity.key_not_found")
    assert [(await get(world, "/executions", key)).status_code for key in (old, new)] == [200, 200]
    row = world.reads.key_rows[hash_of(old)]
    assert row.expires_at <= datetime.now(UTC) + timedelta(minutes=5)


async def test_a_key_of_another_tenant_sees_that_tenant(world: World) -> None:
    agent = await world.make("/agents", {"name": "a", "definition": {"model": "m/x", "instructions": "i"}})
    _, _, key = await key_for(world, world.zoe, role="tenant_viewer", scopes=["authoring:read"])
    problem(await get(world, f"/agents/{agent}", key), 404, "authoring.agent_not_found")


async def test_a_key_does_less_when_its_accounts_role_shrank(world: World) -> None:
    account, _, key = await key_for(world)
    run = {"message": "x"}
    agent = await world.make("/agents", {"name": "a", "definition": {"model": "m/x", "instructions": "i"}})
    async with world.client(world.anna) as anna:
        role = {"role": "tenant_viewer"}
        assert (await anna.put(f"/service-accounts/{account}/role", json=role)).status_code == 200
    async with world.client(None, Authorization=f"Bearer {key}") as program:
        problem(await program.post(f"/agents/{agent}/execute", json=run), 403, "auth.forbidden")
        assert (await program.get("/executions")).status_code == 200


async def test_a_closed_account_takes_its_keys_with_it(world: World) -> None:
    account, _, key = await key_for(world)
    async with world.client(world.anna) as anna:
        assert (await anna.delete(f"/service-accounts/{account}")).status_code == 200
    problem(await get(world, "/executions", key), 401, "auth.revoked_key")


@pytest.mark.parametrize("scope", sorted(ONLY_IN_PERSON))
async def test_no_key_is_for_what_only_people_do(world: World, scope: Permission) -> None:
    account = await world.make("/service-accounts", {"name": "x", "role": "tenant_admin"})
    async with world.client(world.anna) as anna:
        body = {"label": "x", "scopes": [scope]}
        response = await anna.post(f"/service-accounts/{account}/keys", json=body)
    problem(response, 403, "identity.scope_above_role")


async def test_no_program_is_made_above_its_makers_role(world: World) -> None:
    async with world.client(world.anna) as anna:
        body = {"name": "x", "role": "tenant_owner"}
        problem(await anna.post("/service-accounts", json=body), 403, "identity.role_above_yours")


async def test_a_program_makes_no_programs_and_lets_nobody_in(world: World) -> None:
    everything = sorted(world.anna.permissions - ONLY_IN_PERSON)
    _, _, key = await key_for(world, role="tenant_admin", scopes=everything)
    async with world.client(None, Authorization=f"Bearer {key}") as program:
        for path, body in (
            ("/service-accounts", PROGRAM),
            ("/invitations", {"email": "x@x.example", "role": "tenant_viewer"}),
        ):
            problem(await program.post(path, json=body), 403, "auth.forbidden")


async def test_a_key_of_a_partner_sees_its_tenants(world: World) -> None:
    _, _, key = await key_for(world, world.reseller, role="partner_member", scopes=["tenants:read"])
    assert (await get(world, f"/tenants/{world.tenant}", key)).status_code == 200
    problem(await get(world, f"/tenants/{world.other_tenant}", key), 404, "tenancy.tenant_not_found")


async def test_its_actions_are_told_as_the_programs(world: World) -> None:
    account, _, key = await key_for(world)
    agent = await world.make("/agents", {"name": "a", "definition": {"model": "m/x", "instructions": "i"}})
    async with world.client(None, Authorization=f"Bearer {key}") as program:
        await program.post(f"/agents/{agent}/execute", json={"message": "x"})
    assert str(world.bus.sent[-1].actor) == f"service:{account}"


async def test_when_and_from_where_it_was_used_is_told(world: World) -> None:
    account, _, key = await key_for(world)
    await get(world, "/executions", key)
    async with world.client(world.anna) as anna:
        [shown] = (await anna.get(f"/service-accounts/{account}")).json()["keys"]
    assert (shown["last_used_from"], shown["revoked"]) == ("127.0.0.1", False)
    assert shown["last_used_at"] is not None


async def test_many_uses_are_one_write() -> None:
    store = MemoryKeyUses()
    uses, key = KeyUses(store, pause=0), uuid4()
    for number in range(100):
        uses.note(key, datetime(2026, 11, 26, 10, 0, number % 60, tzinfo=UTC), "127.0.0.1")
    await asyncio.sleep(0.01)
    await uses.close()
    assert (store.writes, list(store.known)) == (1, [key])


async def test_a_key_is_looked_up_once_a_second() -> None:
    seconds = 0.0
    found, reads = FoundKeys(now=lambda: seconds), FakeTeamReads()
    for _ in range(3):
        assert await found.find(reads, "a" * 64) is None
    assert reads.keys_asked == 1
    seconds = 1.0
    await found.find(reads, "a" * 64)
    assert reads.keys_asked == 2


async def test_keys_are_handed_out_only_right_after_signing_in(world: World) -> None:
    account = await world.make("/service-accounts", PROGRAM)
    old = world.anna.model_copy(update={"authenticated_at": datetime.now(UTC) - timedelta(minutes=16)})
    async with world.client(old) as anna:
        response = await anna.post(f"/service-accounts/{account}/keys", json={"label": "x", "scopes": SCOPES})
        told = problem(response, 403, "auth.step_up_required")
        assert "POST /auth/step-up" in told["detail"]
