"""Who sees what of the sealed ledger, and that it proves itself."""

import json
from inspect import getsource
from pathlib import Path
from typing import Any

import httpx2
import pytest

from infra.audit import verify_ledger
from schemas.envelope import Actor
from tests.api.world import World, problem
from tests.support.ledger import KEYS

AMOUNTS = {"price": "0.30", "commission": "0.02", "cost": "0.20", "pricing": {"secret": 1}, "postings": []}
MINE, SIBLINGS, THEIRS = "mine:answer:1", "sibling:answer:1", "theirs:answer:1"


@pytest.fixture
def sealed(world: World) -> World:
    sibling = world.add_tenant("sibling", world.partner)
    for tenant_id, key in ((world.tenant, MINE), (sibling, SIBLINGS), (world.other_tenant, THEIRS)):
        world.audit.seal(tenant_id, key, tenant_id=str(tenant_id), call=key, **AMOUNTS)
    return world


async def get(world: World, actor: Actor, path: str) -> httpx2.Response:
    async with world.client(actor) as client:
        return await client.get(path)


def lines(response: httpx2.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.rstrip("\n").split("\n") if line]


def opened(entry: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("tenant", "partner", "platform"):
        found |= json.loads(entry[name].get("text", "{}"))
    return found


async def test_each_role_opens_its_own_amounts_and_sees_its_own_entries(sealed: World) -> None:
    seen = {
        "tenant": (sealed.anna, 1, {"price"}),
        "partner": (sealed.reseller, 2, {"price", "commission"}),
        "platform": (sealed.admin, 3, set(AMOUNTS)),
    }
    for actor, count, amounts in seen.values():
        for path in ("/audit/ledger/stream", "/audit/exports?period=2026-11"):
            entries = [line for line in lines(await get(sealed, actor, path)) if "seq" in line]
            assert len(entries) == count
            assert {name for entry in entries for name in opened(entry)} == {"tenant_id", "call", *amounts}


async def test_an_export_is_what_the_verifier_takes(sealed: World, tmp_path: Path) -> None:
    file = tmp_path / "export.jsonl"
    response = await get(sealed, sealed.reseller, "/audit/exports?period=2026-11&since=1")
    write(file, response.content)
    count, size, sums = verify_ledger.check(str(file), [str(KEYS.signer.verifier)], None)
    assert (count, size, {name: str(total) for name, total in sums.items()}) == (
        2, 3, {"price": "0.60", "commission": "0.04"},
    )  # fmt: skip


async def test_a_months_totals_are_not_added_up_again(sealed: World, tmp_path: Path) -> None:
    closed = {"tenant_id": str(sealed.tenant), "period": "2026-11", "entries": 1}
    sealed.audit.seal(sealed.tenant, "closed", **closed, **AMOUNTS)
    file = tmp_path / "export.jsonl"
    write(file, (await get(sealed, sealed.anna, "/audit/exports?period=2026-11")).content)
    count, _, sums = verify_ledger.check(str(file), None, None)
    assert (count, {name: str(total) for name, total in sums.items()}) == (2, {"price": "0.30"})


def write(file: Path, data: bytes) -> None:
    file.write_bytes(data)


async def test_a_partner_exports_one_of_its_tenants_and_no_others(sealed: World) -> None:
    one = await get(sealed, sealed.reseller, f"/audit/exports?period=2026-11&tenant_id={sealed.tenant}")
    assert len(lines(one)) == 2
    foreign = await get(
        sealed, sealed.reseller, f"/audit/exports?period=2026-11&tenant_id={sealed.other_tenant}"
    )
    problem(foreign, 404, "tenancy.tenant_not_found")


async def test_an_entry_is_proved_to_whom_it_belongs(sealed: World) -> None:
    for actor, key in ((sealed.anna, MINE), (sealed.reseller, SIBLINGS), (sealed.admin, THEIRS)):
        told = (await get(sealed, actor, f"/audit/entries/{key}/proof")).json()
        size, root = verify_ledger.opened(told["checkpoint"], told["key"])
        assert verify_ledger.check_entry(told["entry"], size, root)
    for actor, key in ((sealed.anna, SIBLINGS), (sealed.reseller, THEIRS), (sealed.admin, "nobody's")):
        problem(await get(sealed, actor, f"/audit/entries/{key}/proof"), 404, "audit.entry_not_found")


async def test_checkpoint_key_and_tiles_are_everybodys(sealed: World) -> None:
    for actor in (sealed.anna, sealed.reseller, sealed.admin):
        note = (await get(sealed, actor, "/audit/checkpoint")).text
        key = (await get(sealed, actor, "/audit/key")).text
        tile = (await get(sealed, actor, "/audit/tile/0/000.p/3")).content
        assert verify_ledger.opened(note, key)[0] == 3
        assert len(tile) == 3 * 32


async def test_keys_are_told_with_the_sizes_they_sign(sealed: World) -> None:
    told = (await get(sealed, sealed.anna, "/audit/keys")).json()
    key = (await get(sealed, sealed.anna, "/audit/key")).text
    assert told == {"items": [{"key": key, "first": 0, "last": None}]}


async def test_the_ledger_is_proved_to_have_only_grown(sealed: World) -> None:
    told = (await get(sealed, sealed.anna, "/audit/consistency?from=2&to=3")).json()
    assert (told["from"], told["to"], len(told["proof"])) == (2, 3, 1)
    for wrong in ("from=3&to=2", "from=1&to=4"):
        problem(await get(sealed, sealed.anna, f"/audit/consistency?{wrong}"), 422, "request.invalid")
    problem(await get(sealed, sealed.anna, "/audit/exports?period=2026-11&since=4"), 422, "request.invalid")


@pytest.mark.parametrize(
    "tile", ["0/001", "1/000", "0/000", "0/000.p/4", "0/1", "0/000.p/0", "0/x000", "99/000"]
)
async def test_a_tile_that_is_not_there_is_no_tile(sealed: World, tile: str) -> None:
    response = await get(sealed, sealed.anna, f"/audit/tile/{tile}")
    assert response.status_code == 404


async def test_before_anything_is_sealed_there_is_nothing(world: World) -> None:
    for path in (
        "/checkpoint",
        "/ledger/stream",
        "/exports?period=2026-11",
        "/entries/x/proof",
        "/tile/0/000",
    ):
        problem(await get(world, world.admin, f"/audit{path}"), 404, "audit.nothing_sealed")


async def test_the_verifier_is_handed_out(world: World) -> None:
    assert (await get(world, world.anna, "/audit/verifier")).text == getsource(verify_ledger)
