"""What puts ledgers, budgets and credit right: who may, and what is sent."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from api.rows.billing import BudgetRow, TopUpRow, WalletRow
from schemas.base import PLATFORM
from schemas.envelope import Actor
from tests.api.fakes import NOW
from tests.api.world import WORKFLOW, World, problem

MONEY = ("/ledger/entries/{ref}/reverse", "/tenants/{tenant}/adjustments", "/wallets/{tenant}/top-ups")
BODIES: dict[str, Any] = {
    MONEY[0]: {"reason": "wrong"},
    MONEY[1]: {"kind": "credit", "reason": "an outage", "price_usd": "-5"},
    MONEY[2]: {"amount_usd": "50"},
}
PLATFORM_ONLY = (
    *(("post", path, BODIES[path]) for path in MONEY),
    ("post", "/tenants/{tenant}/periods/2026-10/close", None),
    ("put", "/wallets/{tenant}/mode", {"mode": "prepaid"}),
    ("put", "/partners/{partner}/budget", {"monthly_budget_usd": "1000"}),
)


def place(world: World, path: str) -> str:
    ref = f"ledger-{world.tenant}-2026-11@3"
    return path.format(tenant=world.tenant, partner=world.partner, ref=ref)


async def send(world: World, who: Actor, method: str, path: str, body: Any) -> httpx2.Response:
    async with world.client(who) as client:
        headers = {"Idempotency-Key": str(uuid4())}
        return await client.request(method.upper(), place(world, path), json=body, headers=headers)


@pytest.mark.parametrize("method, path, body", PLATFORM_ONLY)
async def test_only_the_platform_corrects(world: World, method: str, path: str, body: Any) -> None:
    for who in (world.anna, world.reseller):
        problem(await send(world, who, method, path, body), 403, "auth.forbidden")
    assert not world.bus.sent
    assert (await send(world, world.admin, method, path, body)).status_code in (200, 201)
    [sent] = world.bus.sent
    assert sent.partner_id == world.partner


@pytest.mark.parametrize("path", MONEY)
async def test_what_moves_money_needs_an_idempotency_key(world: World, path: str) -> None:
    async with world.client(world.admin) as admin:
        response = await admin.post(place(world, path), json=BODIES[path])
    problem(response, 400, "request.idempotency_key_required")
    assert not world.bus.sent


@pytest.mark.parametrize("path", MONEY)
async def test_a_retry_makes_nothing_new(world: World, path: str) -> None:
    headers = {"Idempotency-Key": "once"}
    async with world.client(world.admin) as admin:
        first = await admin.post(place(world, path), json=BODIES[path], headers=headers)
        second = await admin.post(place(world, path), json=BODIES[path], headers=headers)
    assert first.json() == second.json()
    assert len({sent.message_id for sent in world.bus.sent}) == 1


async def test_a_reversal_names_the_entry(world: World) -> None:
    await send(world, world.admin, "post", MONEY[0], BODIES[MONEY[0]])
    [sent] = world.bus.sent
    assert (sent.data["period"], sent.data["version"], sent.data["reason"]) == ("2026-11", 3, "wrong")


@pytest.mark.parametrize("ref", ["x", "ledger-x-2026-11@1", f"ledger-{UUID(int=1)}-2026-13@1", "ledger@0"])
async def test_what_names_no_entry_is_not_found(world: World, ref: str) -> None:
    async with world.client(world.admin) as admin:
        response = await admin.post(
            f"/ledger/entries/{ref}/reverse", json={"reason": "x"}, headers={"Idempotency-Key": "k"}
        )
    assert response.status_code == 404


async def test_a_partners_budget_belongs_to_the_platform(world: World) -> None:
    await send(world, world.admin, "put", "/partners/{partner}/budget", {"monthly_budget_usd": "1000"})
    [sent] = world.bus.sent
    assert (sent.tenant_id, sent.data["limit"]) == (PLATFORM, "1000")


async def test_a_partner_sets_its_tenants_budgets(world: World) -> None:
    path, body = "/tenants/{tenant}/budget", {"monthly_budget_usd": None}
    problem(await send(world, world.anna, "put", path, body), 403, "auth.forbidden")
    problem(await send(world, world.rival, "put", path, body), 404, "tenancy.tenant_not_found")
    assert (await send(world, world.reseller, "put", path, body)).status_code == 200


async def test_a_tenant_sets_budgets_of_its_own_workflows(world: World) -> None:
    workflow_id = await world.make("/workflows", WORKFLOW)
    path, body = f"/workflows/{workflow_id}/budget", {"monthly_budget_usd": "40"}
    problem(await send(world, world.zoe, "put", path, body), 404, "authoring.workflow_not_found")
    assert (await send(world, world.anna, "put", path, body)).status_code == 200
    data = world.bus.sent[-1].data
    assert data["source"] == {"kind": "workflow", "id": str(workflow_id)}


async def test_budgets_say_how_full_they_are(world: World, anna: httpx2.AsyncClient) -> None:
    id_ = UUID(int=60)
    figures = (Decimal(40), Decimal("21.5"), Decimal("0.01"), (50,))
    world.reads.budget_rows = [
        BudgetRow("source", id_, "workflow", world.tenant, *figures),
        BudgetRow("source", id_, "workflow", world.other_tenant, *figures),
    ]
    told = (await anna.get("/budgets?period=2026-10")).json()
    [one] = told["items"]
    assert (one["limit"], one["posted"], one["held"], one["reached"]) == ("40", "21.5", "0.01", [50])
    assert told["period"] == "2026-10"


async def test_a_wallet_says_what_is_available(world: World, anna: httpx2.AsyncClient) -> None:
    top_up = TopUpRow(UUID(int=1), Decimal(50), "manual", None, NOW)
    row = WalletRow(world.tenant, "prepaid", Decimal("49.5"), Decimal("0.5"), [top_up])
    world.reads.wallet_rows[world.tenant] = row
    told = (await anna.get(f"/wallets/{world.tenant}")).json()
    assert (told["balance"], told["held"], told["available"]) == ("49.5", "0.5", "49.0")
    assert [one["amount"] for one in told["top_ups"]] == ["50"]


async def test_who_never_paid_in_advance_has_an_empty_wallet(
    world: World, reseller: httpx2.AsyncClient
) -> None:
    told = (await reseller.get(f"/wallets/{world.tenant}")).json()
    assert (told["mode"], told["balance"], told["top_ups"]) == ("postpaid", "0", [])
