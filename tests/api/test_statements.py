from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from schemas.base import PartnerId, TenantId
from tests.api.world import World, problem
from tests.support.months import month_total

NOVEMBER = "period=2026-11"
SEEN = {
    "anna": {"price"},
    "reseller": {"price", "commission"},
    "admin": {"price", "commission", "cost", "margin"},
}


def used(tenant: TenantId, partner: PartnerId, **changes: Any) -> Any:
    """A hundred paid: eighty went to the provider, ten to the partner."""
    amounts = {"price": Decimal(100), "cost": Decimal(80), "commission": Decimal(10)}
    posted = {
        "posted_payable": Decimal(80),
        "posted_receivable": Decimal(100),
        "posted_commission": Decimal(10),
        "posted_revenue": Decimal(90),
    }
    owner = {"tenant_id": tenant, "partner_id": partner, "period": "2026-11"}
    return month_total(**{**owner, **amounts, **posted, **changes})


@pytest.fixture
def months(world: World) -> World:
    world.reads.months = [
        used(world.tenant, world.partner),
        used(world.tenant, world.partner, model="openai/gpt", entries=3),
        used(world.other_tenant, world.other_partner),
    ]
    return world


@pytest.mark.parametrize("who", SEEN)
async def test_a_tenants_statement_shows_each_role_its_amounts(months: World, who: str) -> None:
    async with months.client(getattr(months, who)) as client:
        told = (await client.get(f"/statements/tenant?{NOVEMBER}&tenant_id={months.tenant}")).json()
    assert (told["calls"], told["price"], len(told["lines"])) == (4, "200", 2)
    for row in (told, *told["lines"]):
        assert row.keys() & SEEN["admin"] == SEEN[who]


async def test_a_partner_is_told_what_each_tenant_brought(
    months: World, reseller: httpx2.AsyncClient
) -> None:
    told = (await reseller.get(f"/statements/partner?{NOVEMBER}")).json()
    assert (told["price"], told["commission"], told["due"]) == ("200", "20", "20")
    assert told["tenants"] == [
        {"tenant_id": str(months.tenant), "calls": 4, "price": "200", "commission": "20"}
    ]


async def test_the_platform_is_told_its_margin_by_provider(months: World, admin: httpx2.AsyncClient) -> None:
    told = (await admin.get(f"/statements/platform?{NOVEMBER}")).json()
    assert (told["revenue"], told["cost"], told["margin"]) == ("270", "240", "30")
    assert {row["provider"]: row["margin"] for row in told["providers"]} == {"local": "20", "openai": "10"}


async def test_who_may_not_see_a_statement_is_refused(
    months: World, anna: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    for client, path in ((anna, "partner"), (anna, "platform"), (reseller, "platform")):
        problem(await client.get(f"/statements/{path}?{NOVEMBER}"), 403, "auth.forbidden")
    foreign = f"/statements/partner?{NOVEMBER}&partner_id={months.other_partner}"
    problem(await reseller.get(foreign), 404, "tenancy.partner_not_found")
    for client in (anna, reseller):
        response = await client.get(f"/statements/tenant?{NOVEMBER}&tenant_id={months.other_tenant}")
        problem(response, 404, "tenancy.tenant_not_found")


async def test_a_statement_is_of_somebody_and_of_a_month(admin: httpx2.AsyncClient) -> None:
    for path, field in (("tenant", "tenant_id"), ("partner", "partner_id")):
        told = problem(await admin.get(f"/statements/{path}?{NOVEMBER}"), 422, "request.invalid")
        assert told["problems"][0]["path"] == f"query.{field}"
    problem(await admin.get("/statements/platform?period=2026-13"), 422, "request.invalid")


@pytest.mark.parametrize("who, checks", [("anna", 2), ("reseller", 4), ("admin", 5)])
async def test_everybody_may_check_the_identity_of_what_they_see(
    months: World, who: str, checks: int
) -> None:
    async with months.client(getattr(months, who)) as client:
        told = (await client.get(f"/statements/identity?{NOVEMBER}")).json()
    assert told["holds"] is True
    assert len(told["checks"]) == checks
    assert who == "admin" or not any("cost" in check["name"] for check in told["checks"])


async def test_an_identity_that_does_not_hold_says_by_how_much(
    months: World, admin: httpx2.AsyncClient
) -> None:
    months.reads.months[0] = replace(months.reads.months[0], posted_revenue=Decimal("89.5"))
    told = (await admin.get(f"/statements/identity?{NOVEMBER}")).json()
    broken = [check for check in told["checks"] if not check["holds"]]
    assert told["holds"] is False
    assert [(check["name"], check["difference"]) for check in broken] == [
        ("prices = commissions + platform revenue", "0.5")
    ]
