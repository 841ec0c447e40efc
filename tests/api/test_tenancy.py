from uuid import UUID, uuid4

import httpx2

from schemas.base import PLATFORM, UserId
from tests.api.world import PASSWORD, World, problem
from tests.support.people import plain

PARTNER = {
    "name": "New",
    "terms": {"markup_percent": "20", "commission_percent": 7.5},
    "admin": {"email": "Pia@New.example", "name": "Pia", "password": PASSWORD},
}
TENANT = {
    "name": "Beta",
    "subdomain": "beta",
    "monthly_budget_usd": "12.50",
    "owner": {"email": "bo@beta.example", "name": "Bo", "password": PASSWORD},
}


async def log_in(client: httpx2.AsyncClient, email: str) -> httpx2.Response:
    return await client.post("/auth/token", data={"username": email, "password": PASSWORD})


async def test_a_new_partners_admin_can_log_in_at_once(
    world: World, admin: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    response = await admin.post("/partners", json=PARTNER)
    assert response.status_code == 201
    told = response.json()
    assert told == {"id": told["id"], "status": "active", "position": 1}
    assert (await log_in(nobody, "pia@new.example")).status_code == 200
    seen = (await admin.get(f"/partners/{told['id']}")).json()
    assert seen["terms"] == {"markup_percent": "20", "commission_percent": "7.5"}


async def test_a_password_never_leaves_the_edge(world: World, admin: httpx2.AsyncClient) -> None:
    await admin.post("/partners", json=PARTNER)
    (envelope,) = world.bus.sent
    assert PASSWORD not in envelope.model_dump_json()
    told = envelope.data["admin"]
    stored = await world.vault.passwords.get(UserId(UUID(told["user_id"])))
    assert stored and stored.hash.startswith("$argon2id$")
    assert (plain(told["email"]), plain(told["name"])) == ("pia@new.example", "Pia")
    assert "argon2" not in envelope.model_dump_json()
    assert envelope.tenant_id == PLATFORM
    assert str(envelope.partner_id) == envelope.data["partner_id"]


async def test_a_new_tenants_owner_can_log_in_and_carries_the_partner(
    world: World, reseller: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    response = await reseller.post(f"/partners/{world.partner}/tenants", json=TENANT)
    assert response.status_code == 201, response.text
    tenant_id = response.json()["id"]
    assert response.json() == {"id": tenant_id, "status": "active", "position": 1}
    token = (await log_in(nobody, "bo@beta.example")).json()["access_token"]
    actor = world.tokens.verify(token)
    assert (str(actor.tenant_id), actor.partner_id) == (tenant_id, world.partner)
    assert world.bus.sent[0].tenant_id == UUID(tenant_id)
    seen = (await reseller.get(f"/tenants/{tenant_id}")).json()
    assert (seen["monthly_budget_usd"], seen["status"]) == ("12.50", "active")


async def test_a_tenant_that_is_slow_to_start_is_told_so(world: World, reseller: httpx2.AsyncClient) -> None:
    world.reads.sees = lambda scope, tenant_id: False  # type: ignore[method-assign]
    response = await reseller.post(f"/partners/{world.partner}/tenants", json=TENANT)
    assert response.status_code == 201
    assert response.json()["status"] == "provisioned"


async def test_a_partner_sees_itself_and_its_tenants_only(world: World, reseller: httpx2.AsyncClient) -> None:
    assert (await reseller.get(f"/partners/{world.partner}")).status_code == 200
    assert (await reseller.get(f"/tenants/{world.tenant}")).status_code == 200
    for path in (f"/partners/{world.other_partner}", f"/partners/{uuid4()}"):
        problem(await reseller.get(path), 404, "tenancy.partner_not_found")
    problem(await reseller.get(f"/tenants/{world.other_tenant}"), 404, "tenancy.tenant_not_found")
    response = await reseller.post(f"/partners/{world.other_partner}/tenants", json=TENANT)
    problem(response, 404, "tenancy.partner_not_found")
    assert world.bus.sent == []


async def test_a_tenant_is_suspended_and_reinstated(world: World, admin: httpx2.AsyncClient) -> None:
    place = f"/tenants/{world.tenant}"
    response = await admin.post(f"{place}/suspend", json={"reason": "unpaid"})
    assert response.json() == {"id": str(world.tenant), "position": 1}
    assert (await admin.get(place)).json()["status"] == "suspended"
    await admin.post(f"{place}/reinstate", json={"reason": "paid"})
    assert (await admin.get(place)).json()["status"] == "active"
    assert {(sent.tenant_id, sent.partner_id) for sent in world.bus.sent} == {(world.tenant, world.partner)}


async def test_a_tenant_is_restricted_by_its_partner(
    world: World, reseller: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    place = f"/tenants/{world.tenant}"
    response = await reseller.post(f"{place}/restrict", json={"reason": "too much at once"})
    assert response.json() == {"id": str(world.tenant), "position": 1}
    assert (await anna.get(place)).json()["status"] == "restricted"
    problem(await anna.post(f"{place}/restrict", json={"reason": "x"}), 403, "auth.forbidden")


async def test_a_tenant_neither_resells_nor_suspends(world: World, anna: httpx2.AsyncClient) -> None:
    problem(await anna.post("/partners", json=PARTNER), 403, "auth.forbidden")
    problem(await anna.get(f"/partners/{world.partner}"), 403, "auth.forbidden")
    response = await anna.post(f"/tenants/{world.tenant}/reinstate", json={"reason": "please"})
    problem(response, 403, "auth.forbidden")
    assert (await anna.get(f"/tenants/{world.tenant}")).status_code == 200


async def test_a_partner_limits_how_many_runs_its_tenant_has(
    world: World, reseller: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    place = f"/tenants/{world.tenant}"
    for wanted in (20, None):
        response = await reseller.put(f"{place}/limits", json={"max_runs": wanted})
        assert response.json() == {"id": str(world.tenant), "position": 1}
        assert (await anna.get(place)).json()["max_runs"] == wanted
    problem(await reseller.put(f"{place}/limits", json={"max_runs": 0}), 422, "request.invalid")
    problem(await anna.put(f"{place}/limits", json={"max_runs": 99}), 403, "auth.forbidden")
    other = await reseller.put(f"/tenants/{world.other_tenant}/limits", json={"max_runs": 1})
    problem(other, 404, "tenancy.tenant_not_found")
