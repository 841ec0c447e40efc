from dataclasses import fields
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.models.rates import GRADUATED, MODEL, TOKENS
from api.routes import simulations
from contexts.billing import rating
from projections.ledger_entries.rows import LedgerEntry
from schemas.base import PLATFORM
from tests.api.world import World, problem
from tests.support.money import USAGE, pricing

RATE = {"model": MODEL, "rates": TOKENS}
LATER = {"effective_from": "2027-01-01T00:00:00Z"}
PERCENT: dict[str, Any] = {"kind": "percent", "markup_percent": "30"}
SHARE = {"percent": "20"}


def agreed(world: World, **changes: Any) -> dict[str, Any]:
    return {"partner_id": str(world.partner), "price": PERCENT, "commission": SHARE} | changes


async def test_a_rate_is_listed_with_who_set_it(world: World, admin: httpx2.AsyncClient) -> None:
    response = await admin.post("/rates/system", json=RATE)
    assert response.json() == {"name": MODEL, "position": 1}
    assert world.bus.sent[0].tenant_id == PLATFORM
    [told] = (await admin.get("/rates/system")).json()["items"]
    assert (told["model"], told["set_by"], told["in_force"]) == (MODEL, str(world.admin), True)
    assert told["rates"] == TOKENS | dict.fromkeys(("request", "image", "audio_minute"), "0") | {
        "reasoning": "0.6",
        "output": "0.6",
    }
    assert (await admin.get("/rates/system?model=acme/gpt")).json()["items"] == []


async def test_a_rate_to_come_is_listed_and_withdrawn(admin: httpx2.AsyncClient) -> None:
    await admin.post("/rates/system", json=RATE | LATER)
    assert (await admin.get("/rates/system?in_force=true")).json()["items"] == []
    [told] = (await admin.get("/rates/system")).json()["items"]
    response = await admin.delete(f"/rates/system/{told['rate_id']}")
    assert response.json()["name"] == told["rate_id"]
    assert (await admin.get("/rates/system")).json()["items"] == []


@pytest.mark.parametrize("price", [PERCENT, GRADUATED, {"kind": "package", "tokens": 1000, "price": "2"}])
async def test_terms_of_every_kind_are_set_and_read_by_the_partner(
    world: World, admin: httpx2.AsyncClient, reseller: httpx2.AsyncClient, price: dict[str, Any]
) -> None:
    body = agreed(world, price=price, for_tenant=str(world.tenant), for_model=MODEL, minimum="25")
    response = await admin.post("/rates/partner", json=body)
    assert response.json() == {"id": str(world.partner), "position": 1}
    assert (world.bus.sent[0].tenant_id, world.bus.sent[0].partner_id) == (PLATFORM, world.partner)
    [told] = (await reseller.get("/rates/partner")).json()["items"]
    assert (told["for_tenant"], told["for_model"]) == (str(world.tenant), MODEL)
    assert (told["price"]["kind"], told["minimum"]) == (price["kind"], "25")
    assert told["commission"] == {"percent": "20", "of": "price", "may_be_negative": False}
    path = f"/rates/partner/{world.partner}/{told['terms_id']}"
    assert (await admin.delete(path)).status_code == 200
    assert (await admin.get(f"/rates/partner?partner_id={world.partner}")).json()["items"] == []


async def test_a_partner_sees_its_own_terms_only(world: World, reseller: httpx2.AsyncClient) -> None:
    for partner in (world.other_partner, uuid4()):
        response = await reseller.get(f"/rates/partner?partner_id={partner}")
        problem(response, 404, "tenancy.partner_not_found")


@pytest.mark.parametrize(
    ("who", "method", "path"),
    [
        ("reseller", "GET", "/rates/system"),
        ("reseller", "POST", "/rates/system"),
        ("reseller", "POST", "/rates/partner"),
        ("anna", "GET", "/rates/system"),
        ("anna", "GET", "/rates/partner"),
        ("anna", "POST", "/rates/partner"),
    ],
)
async def test_costs_are_the_platforms_and_terms_no_tenants_business(
    world: World, who: str, method: str, path: str
) -> None:
    body = RATE if path.endswith("system") else agreed(world)
    async with world.client(getattr(world, who)) as client:
        response = await client.request(method, path, json=body if method == "POST" else None)
    problem(response, 403, "auth.forbidden")
    assert world.bus.sent == []


@pytest.mark.parametrize("who", ["anna", "reseller", "admin"])
async def test_a_tenants_prices_say_nothing_of_costs(
    world: World, admin: httpx2.AsyncClient, who: str
) -> None:
    await admin.post("/rates/system", json=RATE)
    await admin.post("/rates/partner", json=agreed(world))
    async with world.client(getattr(world, who)) as client:
        response = await client.get(f"/rates/prices?tenant_id={world.tenant}")
    [told] = response.json()["items"]
    assert (told["model"], told["kind"]) == (MODEL, "flat")
    [tier] = told["tiers"]
    assert (tier["above"], tier["rates"]["input"], tier["rates"]["output"]) == ("0", "0.195", "0.78")
    assert "markup" not in response.text and "commission" not in response.text


async def test_a_tenant_sees_the_tiers_of_the_narrowest_terms(
    world: World, admin: httpx2.AsyncClient, anna: httpx2.AsyncClient
) -> None:
    await admin.post("/rates/system", json=RATE)
    await admin.post("/rates/partner", json=agreed(world))
    await admin.post("/rates/partner", json=agreed(world, price=GRADUATED, for_tenant=str(world.tenant)))
    [told] = (await anna.get("/rates/prices")).json()["items"]
    assert (told["kind"], told["of"]) == ("graduated", "tokens")
    assert [(tier["above"], tier["rates"]["input"]) for tier in told["tiers"]] == [
        ("0", "0.195"),
        ("10000000", "0.18"),
    ]


async def test_anothers_prices_do_not_exist(
    world: World, anna: httpx2.AsyncClient, reseller: httpx2.AsyncClient
) -> None:
    for client in (anna, reseller):
        response = await client.get(f"/rates/prices?tenant_id={world.other_tenant}")
        problem(response, 404, "tenancy.tenant_not_found")


async def test_terms_for_a_tenant_of_another_partner_are_refused(
    world: World, admin: httpx2.AsyncClient
) -> None:
    body = agreed(world, for_tenant=str(world.other_tenant))
    problem(await admin.post("/rates/partner", json=body), 404, "tenancy.tenant_not_found")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"price": {"kind": "percent", "markup_percent": "-101"}}, "price.markup_percent"),
        ({"price": {"kind": "free"}}, "price"),
        ({"price": {"kind": "volume", "tiers": []}}, "price.tiers"),
        ({"commission": {"percent": "101"}}, "commission.percent"),
        ({"minimum": "-1"}, "minimum"),
        ({"for_model": "gpt"}, "for_model"),
        ({"effective_from": "2027-01-01T00:00:00"}, "effective_from"),
    ],
)
async def test_terms_that_make_no_sense_are_refused(
    world: World, admin: httpx2.AsyncClient, changes: dict[str, Any], path: str
) -> None:
    told = problem(await admin.post("/rates/partner", json=agreed(world, **changes)), 422, "request.invalid")
    assert path in [one["path"] for one in told["problems"]]


async def test_whose_is_asked_of_who_has_several(admin: httpx2.AsyncClient) -> None:
    for path, missing in (("partner", "query.partner_id"), ("prices", "query.tenant_id")):
        told = problem(await admin.get(f"/rates/{path}"), 422, "request.invalid")
        assert told["problems"][0]["path"] == missing


async def test_a_month_is_reckoned_again_under_another_card(world: World, admin: httpx2.AsyncClient) -> None:
    world.reads.settled = [settled_row(world, number) for number in range(1, 4)]
    terms = {"partner_id": str(world.partner), "price": PERCENT | {"markup_percent": "60"}}
    body = {"period": "2026-10", "card": {"partners": [terms | {"commission": SHARE}]}}
    told = (await admin.post("/rates/simulations", json=body)).json()
    assert told["total"]["calls"] == 3
    assert told["total"]["difference"] == {
        "cost": "0.000000000000",
        "price": "0.004050000000",
        "commission": "0.000810000000",
    }
    [partner], [tenant] = told["partners"], told["tenants"]
    assert (partner["partner_id"], tenant["tenant_id"]) == (str(world.partner), str(world.tenant))
    assert partner["difference"] == tenant["difference"] == told["total"]["difference"]
    assert world.bus.sent == []
    empty = (await admin.post("/rates/simulations", json=body | {"period": "2026-09"})).json()
    assert (empty["total"]["calls"], empty["tenants"]) == (0, [])


async def test_a_simulation_is_bounded(
    world: World, admin: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulations, "MOST_ENTRIES", 2)
    world.reads.settled = [settled_row(world, number) for number in range(1, 4)]
    response = await admin.post("/rates/simulations", json={"period": "2026-10", "card": {}})
    problem(response, 422, "rates.simulation_too_large")


@pytest.mark.parametrize("who", ["anna", "reseller"])
async def test_simulations_show_costs_and_are_the_platforms(world: World, who: str) -> None:
    async with world.client(getattr(world, who)) as client:
        response = await client.post("/rates/simulations", json={"period": "2026-10", "card": {}})
    problem(response, 403, "auth.forbidden")


def settled_row(world: World, position: int) -> LedgerEntry:
    prices, charge = pricing(), rating.charge(USAGE, pricing())
    made: dict[str, Any] = dict.fromkeys(field.name for field in fields(LedgerEntry))
    made |= {f"tokens_{name}": getattr(USAGE, name) for name in ("input", "output")}
    made |= dict.fromkeys(("tokens_cache_read", "tokens_cache_write", "tokens_reasoning"), 0)
    amounts = {"cost_usd": charge.cost, "price_usd": charge.price, "commission_usd": charge.commission}
    made |= amounts | {"images": 0, "audio_ms": 0, "unplaced": [], "degraded": False}
    made |= {"period": "2026-10", "position": position, "pricing": prices.model_dump(mode="json")}
    return LedgerEntry(**made | {"tenant_id": world.tenant, "partner_id": world.partner})
