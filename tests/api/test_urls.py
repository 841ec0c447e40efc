"""URLs no route should have to think about."""

import httpx2
import pytest

from api.limits import MAX_URL_BYTES
from tests.api.world import World, problem


@pytest.mark.parametrize(
    "url", ["/tools/a%00b", "/agents?cursor=%00", "/rates/system?model=a%00", "/nowhere%00", "/agents?x=%00"]
)
async def test_a_nul_is_refused_before_it_reaches_a_query(admin: httpx2.AsyncClient, url: str) -> None:
    told = problem(await admin.get(url), 422, "request.invalid")
    assert [found["code"] for found in told["problems"]] == ["nul_character"]


async def test_a_url_has_an_end(world: World, anna: httpx2.AsyncClient) -> None:
    many = "&".join(f"{number}=" for number in range(MAX_URL_BYTES // 4))
    for url in ("/" + "x" * MAX_URL_BYTES, f"/agents?{many}"):
        problem(await anna.get(url), 414, "request.url_too_long")
    assert (await anna.get("/agents?x=" + "1" * 4000)).status_code == 200


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/agents?limit=1&limit=2", "limit"),
        ("/agents?limit=1&cursor=x&lim%69t=1", "limit"),
        ("/agents?x&x", "x"),
        ("/tools?x=&y=1&x=", "x"),
        ("/nowhere?a=1&a=1", "a"),
    ],
)
async def test_nothing_stands_in_a_url_twice(anna: httpx2.AsyncClient, url: str, name: str) -> None:
    told = problem(await anna.get(url), 422, "request.invalid")
    assert [(found["code"], found["path"]) for found in told["problems"]] == [("repeated", f"query.{name}")]


def test_no_parameter_is_a_list(world: World) -> None:
    """One that is would be refused with more than one value."""
    parameters = [
        one["schema"]
        for methods in world.app.openapi()["paths"].values()
        for operation in methods.values()
        for one in operation.get("parameters", ())
        if one["in"] == "query"
    ]
    assert parameters and "array" not in str(parameters)


@pytest.mark.parametrize("period", ["0000-01", "0999-12", "3000-01", "2026-00", "2026-13", "２０２６-01"])
@pytest.mark.parametrize("path", ["/statements/partner.pdf", "/statements/partner"])
async def test_a_month_is_one_the_calendar_has(reseller: httpx2.AsyncClient, path: str, period: str) -> None:
    told = problem(await reseller.get(path, params={"period": period}), 422, "request.invalid")
    assert [found["path"] for found in told["problems"]] == ["query.period"]


async def test_the_first_and_the_last_month_have_statements(reseller: httpx2.AsyncClient) -> None:
    for period in ("1000-01", "2999-12"):
        answer = await reseller.get("/statements/partner.pdf", params={"period": period})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")


async def test_numbers_the_store_cannot_hold_are_refused(world: World, admin: httpx2.AsyncClient) -> None:
    world.audit.seal(world.tenant, "a:answer:1")
    huge = str(2**63)
    for path, params in (
        ("/audit/consistency", {"from": huge, "to": "1"}),
        ("/audit/consistency", {"from": "0", "to": huge}),
        ("/audit/exports", {"period": "2026-10", "since": huge}),
    ):
        problem(await admin.get(path, params=params), 422, "request.invalid")
