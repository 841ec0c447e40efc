import io
import json
from hashlib import sha256
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import httpx2

from projections.registry import PROJECTIONS
from projections.taking_along import EXPORTED
from schemas.access import Role
from tests.api.world import World, problem

NOT_EXPORTED = {
    "timers": "deadlines, which follow from the runs",
    "run_queue": "runs under way, which `executions` has",
    "standing": "what makes tokens stale",
    "holds": "calls under way",
    "month_totals": "sums of `ledger_entries`, with what they cost",
    "closed_months": "sums of `ledger_entries`, with what they cost",
    "run_sources": "an index of `executions`",
    "budget_uses": "sums of `ledger_entries`",
    "budget_alerts": "follow from budgets and entries",
    "periods": "which months are closed, which invoices tell",
    "payment_accounts": "a provider's references",
    "payment_entries": "the platform's books; `payments` has what was paid",
    "dunning_cases": "follow from payments",
    "dunning_tenants": "follow from payments",
    **dict.fromkeys(
        ("partners", "partner_tenants", "issuers", "partner_terms", "dunning_schedules"), "a partner's"
    ),
    **dict.fromkeys(("users", "user_identities", "system_rates", "tax_rates"), "the platform's"),
}


async def unzipped(client: httpx2.AsyncClient, tenant: UUID) -> ZipFile:
    response = await client.get(f"/tenants/{tenant}/export")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip")
    return ZipFile(io.BytesIO(response.content))


async def test_an_archive_holds_all_kinds_of_things_and_says_what_they_are(world: World) -> None:
    async with world.client(world.anna) as anna:
        archive = await unzipped(anna, world.tenant)
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["tenant_id"] == str(world.tenant)
    told = {file["name"]: file for file in manifest["files"]}
    assert {*told, "manifest.json"} == set(archive.namelist())
    members = archive.read("members.jsonl")
    assert told["members.jsonl"] == {
        "name": "members.jsonl",
        "rows": 1,
        "sha256": sha256(members).hexdigest(),
    }
    assert json.loads(members)["email"] == "anna@acme.example"


async def test_of_an_erased_member_the_archive_tells_that_they_were(world: World) -> None:
    await world.box.destroy(UUID(world.anna.id))
    async with world.client(world.admin) as admin:
        archive = await unzipped(admin, world.tenant)
    assert json.loads(archive.read("members.jsonl"))["email"] == {"redacted": "erased"}


async def test_a_contact_is_opened_for_who_takes_it_along(world: World) -> None:
    async with world.client(world.anna) as anna:
        assert await settings_in(anna, world.tenant) == {"locale": "en", "time_zone": "UTC", "contact": None}
        await anna.patch(f"/tenants/{world.tenant}", json={"settings": {"contact": "anna@acme.example"}})
        assert (await settings_in(anna, world.tenant))["contact"] == "anna@acme.example"
        await world.box.destroy(world.tenant)
        assert (await settings_in(anna, world.tenant))["contact"] == {"redacted": "erased"}


async def settings_in(client: httpx2.AsyncClient, tenant: UUID) -> dict[str, Any]:
    archive = await unzipped(client, tenant)
    found: dict[str, Any] = json.loads(archive.read("tenants.jsonl"))["settings"]
    return found


async def test_nobody_takes_along_what_is_not_theirs(world: World) -> None:
    viewer = world.add_user("vera@acme.example", Role.TENANT_VIEWER, world.partner, world.tenant)
    async with world.client(viewer) as vera, world.client(world.zoe) as zoe:
        problem(await vera.get(f"/tenants/{world.tenant}/export"), 403, "auth.forbidden")
        problem(await zoe.get(f"/tenants/{world.tenant}/export"), 404, "tenancy.tenant_not_found")


def test_every_table_is_taken_along_or_has_a_reason_not_to_be() -> None:
    tables = {table for projection in PROJECTIONS for table in projection.tables}
    assert tables == EXPORTED.keys() | NOT_EXPORTED.keys()
    assert EXPORTED.keys().isdisjoint(NOT_EXPORTED)


def test_what_tenants_must_not_see_is_in_no_file() -> None:
    columns = {column for columns in EXPORTED.values() for column in columns}
    hidden = ("cost_usd", "commission_usd", "pricing", "postings", "secret_ciphertext", "ciphertext")
    assert columns.isdisjoint(hidden)
