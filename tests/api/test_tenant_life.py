"""Profiles, subdomains, closing, transfers: what the edge asks for, sends and shows."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from projections.standing.queries import Change
from schemas.access import Role
from schemas.base import PLATFORM
from schemas.tenancy.erasure import ErasureBegun, TenantErased
from tests.api.test_service_keys import key_for
from tests.api.world import World, problem
from tests.support.people import plain

LOGO = "data:image/png;base64,iVBORw0KGgo="
REASON = {"reason": "They asked for it."}


def held(world: World, status: str) -> None:
    """As the edge hears of it."""
    change = Change("tenant", world.tenant, PLATFORM, status, datetime.now(UTC), len(world.reads.changes) + 1)
    world.reads.changes.append(change)


async def test_tenants_are_listed_to_whom_they_belong(
    world: World, admin: httpx2.AsyncClient, reseller: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    async def ids(client: httpx2.AsyncClient, **asked: Any) -> set[str]:
        response = await client.get("/tenants", params=asked)
        assert response.status_code == 200, response.text
        return {item["id"] for item in response.json()["items"]}

    both = {str(world.tenant), str(world.other_tenant)}
    assert await ids(admin) == both
    assert await ids(reseller) == await ids(anna) == {str(world.tenant)}
    assert await ids(admin, partner_id=str(world.other_partner)) == {str(world.other_tenant)}
    assert await ids(reseller, partner_id=str(world.other_partner)) == set()
    assert await ids(admin, status="suspended") == set()
    problem(await admin.get("/tenants", params={"status": "asleep"}), 422, "request.invalid")


async def test_partners_see_themselves_and_no_others(
    world: World, admin: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    assert len((await admin.get("/partners")).json()["items"]) == 2
    [own] = (await reseller.get("/partners")).json()["items"]
    assert own["id"] == str(world.partner)


async def test_a_partner_changes_how_it_is_shown(world: World, reseller: httpx2.AsyncClient) -> None:
    place = f"/partners/{world.partner}"
    body = {"name": "Nordic", "settings": {"contact": "Desk@nordic.example"}, "branding": {"logo": LOGO}}
    assert (await reseller.patch(place, json=body)).status_code == 200
    seen = (await reseller.get(place)).json()
    assert (seen["name"], seen["branding"]["logo"]) == ("Nordic", LOGO)
    assert seen["settings"] == {"locale": "en", "time_zone": "UTC", "contact": "desk@nordic.example"}
    other = await reseller.patch(f"/partners/{world.other_partner}", json={"name": "Mine"})
    problem(other, 404, "tenancy.partner_not_found")


async def test_a_contact_is_sealed_before_it_goes_anywhere(world: World, anna: httpx2.AsyncClient) -> None:
    place = f"/tenants/{world.tenant}"
    await anna.patch(place, json={"settings": {"contact": "anna@acme.example", "locale": "nb-NO"}})
    await anna.patch(place, json={"settings": {"time_zone": "Europe/Oslo"}})
    [first, second] = world.bus.sent
    assert "anna@acme.example" not in first.model_dump_json()
    assert plain(first.data["settings"]["contact"]) == "anna@acme.example"
    assert second.data["settings"]["locale"] == "nb-NO"
    assert second.data["settings"]["contact"] == first.data["settings"]["contact"]
    await anna.patch(place, json={"settings": {"contact": None}})
    assert (await anna.get(place)).json()["settings"]["contact"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"branding": {"logo": "javascript:alert(1)"}},
        {"branding": {"colour": "red; background: url(x)"}},
        {"settings": {"time_zone": "Mars/Base"}},
        {"settings": {"locale": "klingon"}},
        {"status": "active"},
        {"partner_id": str(uuid4())},
    ],
)
async def test_what_a_profile_cannot_be_is_refused(anna: httpx2.AsyncClient, world: World, body: Any) -> None:
    problem(await anna.patch(f"/tenants/{world.tenant}", json=body), 422, "request.invalid")
    assert world.bus.sent == []


async def test_only_the_owner_and_the_platform_close_a_tenant(
    world: World, admin: httpx2.AsyncClient, reseller: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    place = f"/tenants/{world.tenant}/closing"
    for client in (anna, reseller):
        problem(await client.post(place, json=REASON), 403, "auth.forbidden")
    owner = world.add_user("olga@acme.example", Role.TENANT_OWNER, world.partner, world.tenant)
    async with world.client(owner) as client:
        assert (await client.post(place, json=REASON)).status_code == 200
        assert world.bus.sent[-1].data["grace_days"] == 30
        assert (await client.get(f"/tenants/{world.tenant}")).json()["closing_at"] is not None
        assert (await client.post(f"{place}/withdraw", json=REASON)).status_code == 200
    assert (await admin.post(place, json=REASON)).status_code == 200


async def test_only_the_platform_transfers_a_tenant(
    world: World, admin: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    place = f"/tenants/{world.tenant}/transfer"
    body = {**REASON, "to_partner_id": str(world.other_partner)}
    problem(await reseller.post(place, json=body), 403, "auth.forbidden")
    assert (await admin.post(place, json=body)).status_code == 200
    assert world.bus.sent[-1].partner_id == world.partner
    problem(await reseller.get(f"/tenants/{world.tenant}"), 404, "tenancy.tenant_not_found")


async def test_who_comes_without_a_password_is_known_and_cannot_log_in_yet(
    world: World, admin: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    body = {"name": "New", "admin": {"email": "pia@new.example", "name": "Pia"}}
    made = await admin.post("/partners", json=body)
    assert made.status_code == 201, made.text
    assert world.bus.sent[-1].data["admin"]["user_id"] not in world.vault.passwords.rows  # type: ignore[attr-defined]
    alone = await admin.post("/partners", json={"name": "Alone"})
    assert alone.json()["status"] == "created"
    assert world.bus.sent[-1].data["admin"] is None


async def test_a_sign_in_page_learns_how_it_looks_and_nothing_else(
    world: World, nobody: httpx2.AsyncClient, anna: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    await reseller.patch(f"/partners/{world.partner}", json={"branding": {"logo": LOGO, "colour": "#111111"}})
    await anna.patch(f"/tenants/{world.tenant}", json={"branding": {"colour": "#00ff00"}})

    async def look(host: str) -> Any:
        response = await nobody.get("/branding", params={"host": host})
        assert response.status_code == 200, response.text
        return response.json()

    assert await look("ACME.agents.example:8443") == {"name": "acme", "logo": LOGO, "colour": "#00ff00"}
    nothing = {"name": None, "logo": None, "colour": None}
    for host in (
        "nobody.agents.example",
        "acme.evil.example",
        "a.acme.agents.example",
        "",
        ".agents.example",
    ):
        assert await look(host) == nothing
    problem(await nobody.get("/branding", params={"host": "x" * 300}), 422, "request.invalid")


async def test_a_host_is_a_hint_that_must_fit_the_token(world: World) -> None:
    async def ask(who: Any, host: str) -> httpx2.Response:
        async with world.client(who, base_url=f"http://{host}") as client:
            return await client.get(f"/tenants/{world.tenant}")

    assert (await ask(world.anna, "acme.agents.example")).status_code == 200
    assert (await ask(world.anna, "api.agents.example")).status_code == 200
    problem(await ask(world.anna, "zeta.agents.example"), 403, "tenancy.wrong_host")
    problem(await ask(world.reseller, "acme.agents.example"), 403, "tenancy.wrong_host")
    problem(await ask(world.zoe, "acme.agents.example"), 403, "tenancy.wrong_host")
    problem(await ask(world.zoe, "agents.example"), 404, "tenancy.tenant_not_found")


async def test_people_of_a_suspended_tenant_pay_and_take_their_data_and_nothing_else(
    world: World, anna: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    held(world, "suspended")
    place = f"/tenants/{world.tenant}"
    for path in (place, f"{place}/export", "/invoices", "/payments", "/auth/me"):
        assert (await anna.get(path)).status_code == 200, path
    for path in ("/agents", "/executions", "/tenants", "/statements/tenant?period=2026-11"):
        problem(await anna.get(path), 403, "tenancy.tenant_suspended")
    problem(await anna.patch(place, json={"name": "x"}), 403, "tenancy.tenant_suspended")
    assert world.bus.sent == []
    assert (await reseller.get(place)).status_code == 200


async def test_programs_of_a_suspended_tenant_do_nothing_though_nobody_else_asks(world: World) -> None:
    _, _, key = await key_for(world)
    held(world, "suspended")
    world.seconds += 1.0
    async with world.client(None, **{"X-API-Key": key}) as program:
        problem(await program.get("/executions"), 403, "tenancy.tenant_suspended")


async def test_nobody_of_a_closed_tenant_does_anything(world: World, anna: httpx2.AsyncClient) -> None:
    held(world, "closed")
    for path in (f"/tenants/{world.tenant}", "/invoices", f"/tenants/{world.tenant}/export"):
        problem(await anna.get(path), 403, "tenancy.tenant_closed")
    assert (await anna.get("/auth/me")).status_code == 200


async def test_who_may_see_a_tenant_sees_what_was_erased_of_it(
    world: World, admin: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    place, stream = f"/tenants/{world.tenant}/erasure", f"tenant-{world.tenant}"
    problem(await admin.get(place), 404, "tenancy.erasure_not_found")
    world.reads.record(stream, world.tenant, ErasureBegun(tenant_id=world.tenant))
    under_way = (await reseller.get(place)).json()
    assert under_way["begun_at"] and under_way["touched"] is None
    world.reads.record(stream, world.tenant, TenantErased(tenant_id=world.tenant, touched={"events": 12}))
    done = (await reseller.get(place)).json()
    assert done["done_at"] and done["touched"] == {"events": 12}
    problem(await admin.get(f"/tenants/{uuid4()}/erasure"), 404, "tenancy.tenant_not_found")
