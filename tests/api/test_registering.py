"""From a form to an account with a tenant of one's own."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx2
import pytest

from api.registering.subdomains import other, wished
from api.registering.tenants import HOUSE
from schemas.envelope import Refusal
from schemas.identity.commands import RegisterUser
from schemas.registry import command_from
from schemas.tenancy.commands import CreatePartner, ProvisionTenant
from tests.api.fake_bus import FakeBus
from tests.api.letters import letters
from tests.api.test_identity import form
from tests.api.world import World, problem

NINA = {
    "email": "nina@new.example",
    "name": "Nina",
    "password": "seven blue lanterns drift",
    "company": "New Things Ltd.",
}


def sent(world: World, kind: type[Any]) -> list[Any]:
    commands = [command_from(one.type, one.data) for one in world.bus.sent]
    return [command for command in commands if isinstance(command, kind)]


async def registered(nobody: httpx2.AsyncClient, **changes: str) -> httpx2.Response:
    return await nobody.post("/auth/register", json=NINA | changes)


async def test_a_code_makes_the_account_its_tenant_and_signs_in(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    response = await registered(nobody)
    assert (response.status_code, response.json()) == (202, {"status": "sent"})
    [letter] = letters(world)
    assert (letter.to, letter.template) == ("nina@new.example", "verify_email")
    assert all(world.box.until.values()), "who never answers is forgotten"
    assert not sent(world, RegisterUser), "nothing exists before the address is verified"
    told = await nobody.post("/auth/verify", json={"email": NINA["email"], "code": letter.values["code"]})
    bearer = {"Authorization": f"Bearer {told.json()['token']['access_token']}"}
    me = (await nobody.get("/auth/me", headers=bearer)).json()
    assert world.box.until[UUID(me["id"])] is None, "who does is kept"
    assert (me["id"], me["role"], me["email"]) == (told.json()["user_id"], "tenant_owner", NINA["email"])
    [tenant] = sent(world, ProvisionTenant)
    assert (str(tenant.tenant_id), tenant.subdomain, tenant.partner_id) == (
        me["tenant_id"],
        "new-things-ltd",
        HOUSE,
    )
    assert (await nobody.post("/auth/token", data=form(NINA["email"], NINA["password"]))).status_code == 200


async def test_the_link_does_the_same_once(world: World, nobody: httpx2.AsyncClient) -> None:
    await registered(nobody)
    [letter] = letters(world)
    assert letter.values["link"].startswith("http://localhost:8000/verify#")
    first = await nobody.post("/auth/verify", json={"link": letter.secret})
    assert first.json()["token"] is not None
    problem(await nobody.post("/auth/verify", json={"link": letter.secret}), 400, "auth.bad_code")


async def test_the_house_partner_is_made_once(world: World, nobody: httpx2.AsyncClient) -> None:
    for email in ("one@new.example", "two@new.example"):
        await registered(nobody, email=email, company=email)
        [letter] = letters(world, email)
        await nobody.post("/auth/verify", json={"link": letter.secret})
    assert [command.partner_id for command in sent(world, CreatePartner)] == [HOUSE]


async def test_tenants_go_to_the_partner_that_is_set(world: World, nobody: httpx2.AsyncClient) -> None:
    world.registration = replace(world.registration, partner_id=world.partner)
    world.app = world.build()
    async with world.client() as client:
        await registered(client)
        await client.post("/auth/verify", json={"link": letters(world)[0].secret})
    assert [command.partner_id for command in sent(world, ProvisionTenant)] == [world.partner]
    assert not sent(world, CreatePartner)


async def test_a_taken_subdomain_gets_a_sign_of_its_own(
    world: World, nobody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, taken = FakeBus.answer, Refusal(code="conflict.subdomain_taken", kind="conflict", detail="Taken.")

    def refusing(self: FakeBus, envelope: Any, command: Any, refusal: Any) -> Any:
        return answer(self, envelope, command, taken if getattr(command, "subdomain", "") == "acme" else None)

    monkeypatch.setattr(FakeBus, "answer", refusing)
    await registered(nobody, subdomain="acme")
    told = await nobody.post("/auth/verify", json={"link": letters(world)[0].secret})
    assert told.json()["token"]
    first, second = sent(world, ProvisionTenant)
    assert second.subdomain == f"acme-{second.tenant_id.hex[:6]}"
    assert first.tenant_id == second.tenant_id


async def test_who_is_here_gets_another_letter_and_keeps_everything(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    response = await registered(nobody, email="anna@acme.example")
    assert (response.status_code, response.json()) == (202, {"status": "sent"})
    [letter] = letters(world)
    assert (letter.to, letter.template) == ("anna@acme.example", "account_exists")
    assert letter.secret == ""
    assert (await nobody.post("/auth/token", data=form("anna@acme.example"))).status_code == 200


async def test_whom_somebody_else_brought_verifies_without_being_signed_in(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    [row] = [row for row in world.reads.users if str(row.id) == world.anna.id]
    world.reads.users[world.reads.users.index(row)] = replace(row, verified=False)
    await nobody.post("/auth/verify/resend", json={"email": "anna@acme.example"})
    [letter] = letters(world)
    told = await nobody.post("/auth/verify", json={"link": letter.secret})
    assert told.json() == {"user_id": world.anna.id, "token": None}
    assert next(row for row in world.reads.users if str(row.id) == world.anna.id).verified


async def test_the_code_is_sent_again_and_the_one_before_is_void(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    await registered(nobody)
    again = await nobody.post("/auth/verify/resend", json={"email": NINA["email"]})
    assert (again.status_code, again.json()) == (202, {"status": "sent"})
    first, second = letters(world)
    problem(await nobody.post("/auth/verify", json={"link": first.secret}), 400, "auth.bad_code")
    assert (await nobody.post("/auth/verify", json={"link": second.secret})).status_code == 200


async def test_five_letters_an_hour_are_enough(world: World, nobody: httpx2.AsyncClient) -> None:
    for _ in range(8):
        response = await registered(nobody)
        assert response.status_code == 202
    assert len(letters(world)) == 5
    world.seconds += 3601
    await nobody.post("/auth/verify/resend", json={"email": NINA["email"]})
    assert len(letters(world)) == 6


@pytest.mark.parametrize(
    "password", ["short", "nina@new.example", "NewThingsLtd1", "passwordpassword", "x" * 129]
)
async def test_a_bad_password_is_refused_with_reasons(nobody: httpx2.AsyncClient, password: str) -> None:
    told = problem(await registered(nobody, password=password), 422, "auth.password_refused")
    assert all(one["code"].startswith("password.") for one in told["problems"])
    assert told["problems"]


async def test_registration_can_be_closed(world: World) -> None:
    world.registration = replace(world.registration, open=False)
    world.app = world.build()
    async with world.client() as client:
        problem(await registered(client), 403, "auth.registration_closed")
    assert not world.bus.sent


async def test_what_waits_is_kept_sealed(world: World, nobody: httpx2.AsyncClient) -> None:
    await registered(nobody)
    pending = await world.vault.registrations.find(world.box.index("email", NINA["email"]))
    assert pending is not None
    assert b"nina" not in pending.sealed.lower()


@pytest.mark.parametrize(
    ("company", "subdomain"),
    [
        ("Acme GmbH & Co. KG", "acme-gmbh-co-kg"),
        ("Ünïcode Ärzte", "unicode-arzte"),
        ("3M", "m-hb"),
        ("日本", "team-hb"),
        ("a" * 120, "a" * 30),
    ],
)
def test_subdomains_come_from_the_company(company: str, subdomain: str) -> None:
    assert wished(company) == subdomain


def test_another_subdomain_is_still_short_enough() -> None:
    assert len(other("a" * 40, HOUSE)) <= 40
