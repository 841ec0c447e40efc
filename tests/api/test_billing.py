from decimal import Decimal

import httpx2
import pytest

from schemas.billing.carryover import CarriedCredit
from tests.api.world import World, problem

BOOKS = {"pricing", "postings"}
SEEN = {
    "anna": {"price"},
    "reseller": {"price", "commission"},
    "admin": {"price", "commission", "cost", "margin"},
}


@pytest.mark.parametrize("who", SEEN)
async def test_everyone_sees_their_own_amounts_only(
    world: World, who: str, request: pytest.FixtureRequest
) -> None:
    client: httpx2.AsyncClient = world.client(getattr(world, who))
    world.add_entry(world.tenant)
    async with client:
        listed = (await client.get("/ledger/entries")).json()
        bill = (await client.get(f"/ledger/bill?period=2026-11&tenant_id={world.tenant}")).json()
    (entry,) = listed["items"]
    for told in (entry, bill, *bill["lines"]):
        assert told.keys() & SEEN["admin"] == SEEN[who]
        assert told["price"] == "0.000051000000"
    assert bool(entry.keys() & BOOKS) == (who == "admin")


async def test_a_ledger_entry_says_what_was_used(world: World, anna: httpx2.AsyncClient) -> None:
    world.add_entry(world.tenant)
    (entry,) = (await anna.get("/ledger/entries")).json()["items"]
    assert entry["ref"] == f"ledger-{world.tenant}-2026-11@1"
    assert (entry["usage"]["input"], entry["usage"]["output"]) == (31, 12)
    assert "commission" not in entry


async def test_a_partner_picks_one_of_its_tenants(world: World, reseller: httpx2.AsyncClient) -> None:
    sibling = world.add_tenant("sibling", world.partner)
    for tenant in (world.tenant, sibling, world.other_tenant):
        world.add_entry(tenant)
    everything = (await reseller.get("/ledger/entries")).json()["items"]
    assert [entry["tenant_id"] for entry in everything] == [str(world.tenant), str(sibling)]
    one = (await reseller.get(f"/ledger/entries?tenant_id={sibling}")).json()["items"]
    assert [entry["tenant_id"] for entry in one] == [str(sibling)]
    response = await reseller.get(f"/ledger/entries?tenant_id={world.other_tenant}")
    problem(response, 404, "tenancy.tenant_not_found")


async def test_a_sibling_of_the_same_partner_is_a_stranger(world: World, anna: httpx2.AsyncClient) -> None:
    sibling = world.add_tenant("sibling", world.partner)
    world.add_entry(sibling)
    assert (await anna.get("/ledger/entries")).json()["items"] == []
    for path in ("entries?", "bill?period=2026-11&"):
        response = await anna.get(f"/ledger/{path}tenant_id={sibling}")
        problem(response, 404, "tenancy.tenant_not_found")


async def test_a_month_without_use_is_a_bill_of_zero(world: World, anna: httpx2.AsyncClient) -> None:
    assert (await anna.get("/ledger/bill?period=2026-11")).json() == {
        "tenant_id": str(world.tenant),
        "period": "2026-11",
        "currency": "USD",
        "calls": 0,
        "held": "0.000000000000",
        "price": "0",
        "lines": [],
        "carried": [],
    }


async def test_a_bill_tells_what_credit_earlier_months_left(world: World, anna: httpx2.AsyncClient) -> None:
    world.reads.carried_of[world.tenant] = [CarriedCredit(period="2026-10", amount=Decimal(40))]
    bill = (await anna.get("/ledger/bill?period=2026-11")).json()
    assert (bill["price"], bill["carried"]) == ("0", [{"period": "2026-10", "amount": "40"}])


async def test_a_bill_is_of_one_tenant_and_one_month(reseller: httpx2.AsyncClient) -> None:
    told = problem(await reseller.get("/ledger/bill?period=2026-11"), 422, "request.invalid")
    assert told["problems"][0]["path"] == "query.tenant_id"
    for period in ("2026-13", "2026-1", "", "2026-11-01"):
        told = problem(await reseller.get(f"/ledger/bill?period={period}"), 422, "request.invalid")
        assert told["problems"][0]["path"] == "query.period"
