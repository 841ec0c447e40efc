"""From a letter to a membership, and everything somebody might try with what they found in a letter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from prometheus_client import REGISTRY

from infra.crypto.tokens import Tokens
from infra.identity.breached_passwords import BreachCheck, Checked
from schemas.access import Role
from schemas.envelope import Actor
from tests.api.world import PASSWORD, RING, World, problem
from tests.support.people import plain

BO = {"email": "bo@acme.example", "role": "tenant_builder"}
NEW: dict[str, Any] = {"name": "Bo", "password": "violet tractor sings slowly"}


async def invite(world: World, actor: Actor | None = None, at: str = "", **changes: Any) -> UUID:
    return await world.make(f"{at}/invitations", {**BO, **changes}, actor)


def token_of(world: World) -> str:
    """As the last letter has it."""
    link = plain(world.bus.sent[-1].data["link"])
    assert link.startswith("http://localhost:8000/invitations/accept#hbi_")
    return link.partition("#")[2]


async def accept(world: World, token: str, actor: Actor | None = None, **more: Any) -> httpx2.Response:
    async with world.client(actor) as client:
        return await client.post("/invitations/accept", json={"token": token, **more})


def roles_of(world: World, email: str) -> list[str]:
    return [row.role for row in world.reads.member_rows if plain(row.email) == email]


async def test_who_is_new_gets_an_account_and_the_role(world: World) -> None:
    id_ = await invite(world)
    response = await accept(world, token_of(world), **NEW)
    told = response.json()
    assert (response.status_code, told["role"], told["tenant_id"]) == (
        200,
        "tenant_builder",
        str(world.tenant),
    )
    async with world.client() as nobody:
        form = {"username": "bo@acme.example", "password": NEW["password"]}
        assert (await nobody.post("/auth/token", data=form)).status_code == 200
    assert world.reads.invitation_rows[id_].status == "accepted"


async def test_the_letters_secret_is_nowhere_in_clear(world: World) -> None:
    id_ = await invite(world)
    assert world.box.until[id_], "and in the end nowhere at all"
    token, sent = token_of(world), world.bus.sent[-1]
    assert token not in sent.model_dump_json()
    assert "bo@acme.example" not in sent.model_dump_json()


@pytest.mark.parametrize(
    "ending", ["used", "revoked", "replaced", "expired", "guessed", "another's email erased"]
)
async def test_every_token_that_does_not_count_gets_the_same_answer(world: World, ending: str) -> None:
    id_ = await invite(world)
    token = token_of(world)
    await end(world, id_, token, ending)
    members = len(world.reads.member_rows)
    response = await accept(world, "hbi_" + "A" * 43 if ending == "guessed" else token, **NEW)
    told = problem(response, 404, "identity.invitation_not_valid")
    assert told["detail"] == "This invitation is not valid any more."
    assert len(world.reads.member_rows) == members


async def end(world: World, id_: UUID, token: str, ending: str) -> None:
    async with world.client(world.anna) as anna:
        if ending == "used":
            assert (await accept(world, token, **NEW)).status_code == 200
        elif ending == "revoked":
            assert (await anna.delete(f"/invitations/{id_}")).status_code == 200
        elif ending == "replaced":
            assert (await anna.post(f"/invitations/{id_}/resend")).status_code == 200
        elif ending == "expired":
            past(world, id_)
        elif ending != "guessed":
            await world.box.destroy(id_)


def past(world: World, id_: UUID) -> None:
    """As if it had been sent long ago."""
    for place, recorded in enumerate(world.reads.log):
        if recorded.event.type_name == "identity.invitations.sent":
            event = recorded.event.model_copy(update={"expires_at": datetime.now(UTC) - timedelta(seconds=1)})
            world.reads.log[place] = replace(recorded, event=event)


async def test_who_has_an_account_proves_it_by_password_or_by_being_signed_in(world: World) -> None:
    zoe = world.zoe
    await invite(world, email="zoe@zeta.example")
    token = token_of(world)
    problem(await accept(world, token), 401, "auth.proof_required")
    problem(await accept(world, token, password="a wrong password"), 401, "auth.proof_required")
    problem(await accept(world, token, world.anna), 401, "auth.proof_required")
    assert (await accept(world, token, zoe)).json()["user_id"] == zoe.id
    assert roles_of(world, "zoe@zeta.example") == ["tenant_admin", "tenant_builder"]


async def test_a_password_proves_it_and_is_not_replaced(world: World) -> None:
    before = dict(world.vault.passwords.rows)  # type: ignore[attr-defined]
    await invite(world, email="zoe@zeta.example")
    response = await accept(world, token_of(world), name="Eve", password=PASSWORD)
    assert response.json()["user_id"] == world.zoe.id
    assert world.vault.passwords.rows == before  # type: ignore[attr-defined]


async def test_support_in_somebodys_name_accepts_nothing_for_them(world: World) -> None:
    await invite(world, email="zoe@zeta.example")
    helper = world.zoe.model_copy(update={"impersonator": world.admin.id})
    problem(await accept(world, token_of(world), helper), 401, "auth.proof_required")


async def test_an_old_access_token_is_no_proof(world: World) -> None:
    await invite(world, email="zoe@zeta.example")
    old = Tokens(RING, now=lambda: 1_000_000.0).issue(world.zoe)
    async with world.client(None, Authorization=f"Bearer {old}") as client:
        response = await client.post("/invitations/accept", json={"token": token_of(world)})
    problem(response, 401, "auth.expired_token")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "request.invalid"),
        ({"name": "Bo"}, "request.invalid"),
        ({"name": "Bo", "password": "short"}, "auth.password_refused"),
        ({"name": "Bo", "password": BO["email"]}, "auth.password_refused"),
    ],
)
async def test_a_newcomer_gives_a_name_and_a_good_password(
    world: World, body: dict[str, Any], code: str
) -> None:
    await invite(world)
    token = token_of(world)
    problem(await accept(world, token, **body), 422, code)
    assert (await accept(world, token, **NEW)).status_code == 200


async def test_a_newcomers_password_is_looked_for_in_breaches(world: World) -> None:
    world.registration = replace(world.registration, check=answering(Checked(breached=True)))
    world.app = world.build()
    await invite(world)
    problem(await accept(world, token_of(world), **NEW), 422, "auth.password_refused")


async def test_a_check_that_does_not_answer_keeps_nobody_out_and_is_counted(world: World) -> None:
    before = REGISTRY.get_sample_value("hb_passwords_unchecked_total") or 0
    world.registration = replace(world.registration, check=answering(Checked(unchecked=True)))
    world.app = world.build()
    await invite(world)
    assert (await accept(world, token_of(world), **NEW)).status_code == 200
    assert REGISTRY.get_sample_value("hb_passwords_unchecked_total") == before + 1


def answering(checked: Checked) -> BreachCheck:
    async def check(password: str) -> Checked:
        return checked

    return check


async def test_nobody_is_invited_above_the_inviters_role_nor_twice(world: World) -> None:
    async with world.client(world.anna) as anna:
        above = await anna.post("/invitations", json={**BO, "role": "tenant_owner"})
        problem(above, 403, "identity.role_above_yours")
        problem(
            await anna.post("/invitations", json={**BO, "role": "partner_admin"}),
            400,
            "identity.role_does_not_fit",
        )
        assert (await anna.post("/invitations", json=BO)).status_code == 201
        problem(await anna.post("/invitations", json=BO), 409, "identity.already_invited")
        here = await anna.post("/invitations", json={**BO, "email": "anna@acme.example"})
        problem(here, 409, "identity.already_member")
        assert (await anna.post("/invitations", json={**BO, "days": 15})).status_code == 422


async def test_who_may_not_manage_people_invites_nobody(world: World) -> None:
    builder = world.add_user("bill@acme.example", Role.TENANT_BUILDER, world.partner, world.tenant)
    async with world.client(builder) as client:
        problem(await client.post("/invitations", json=BO), 403, "auth.forbidden")


async def test_a_partner_brings_a_tenant_whose_owner_is_invited(world: World) -> None:
    body = {"name": "Shop", "subdomain": "shop", "owner": {"email": "olga@shop.example", "name": "Olga"}}
    tenant_id = await world.make(f"/partners/{world.partner}/tenants", body, world.reseller)
    [provisioned, invited] = world.bus.sent[-2:]
    assert provisioned.data["owner"] is None
    assert (invited.data["role"], invited.data["place"]["tenant_id"]) == ("tenant_owner", str(tenant_id))
    accepted = await accept(world, token_of(world), **NEW)
    assert (accepted.json()["role"], accepted.json()["tenant_id"]) == ("tenant_owner", str(tenant_id))


async def test_a_partner_invites_to_its_tenants_only(world: World) -> None:
    at = f"/tenants/{world.tenant}"
    await invite(world, world.reseller, at, role="tenant_owner")
    async with world.client(world.rival) as rival:
        problem(await rival.post(f"{at}/invitations", json=BO), 404, "tenancy.tenant_not_found")


async def test_the_list_tells_whom_pending_ones_are_for(world: World, anna: httpx2.AsyncClient) -> None:
    await invite(world)
    [item] = (await anna.get("/invitations")).json()["items"]
    assert (item["email"], item["role"], item["status"]) == ("bo@acme.example", "tenant_builder", "pending")
    await anna.delete(f"/invitations/{item['id']}")
    [item] = (await anna.get("/invitations")).json()["items"]
    assert (item["email"], item["status"]) == ({"redacted": "erased"}, "revoked")
    assert "token" not in item
