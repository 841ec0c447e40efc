from uuid import uuid4

import httpx2

from schemas.authoring.definition_schema import definition_schema
from schemas.envelope import Problem, Refusal
from tests.api.world import AGENT, DEFINITION, WORKFLOW, World, problem

OTHER = {**DEFINITION, "output": "changed"}


async def published_twice(world: World, anna: httpx2.AsyncClient) -> str:
    """Version 1 as made, version 2 with another output."""
    place = f"/workflows/{await world.make('/workflows', WORKFLOW)}"
    await anna.post(f"{place}/publish")
    await anna.put(place, json={"definition": OTHER})
    await anna.post(f"{place}/publish")
    return place


async def test_versions_are_listed_newest_first_and_looked_at(world: World, anna: httpx2.AsyncClient) -> None:
    place = await published_twice(world, anna)
    first = (await anna.get(f"{place}/versions?limit=1")).json()
    rest = (await anna.get(f"{place}/versions", params={"cursor": first["next_cursor"]})).json()
    assert [item["version"] for item in (*first["items"], *rest["items"])] == [2, 1]
    seen = (await anna.get(f"{place}/versions/1")).json()
    assert (seen["deprecated"], seen["release"]["definition"]["output"]) == (False, "{{ inputs.x }}")
    problem(await anna.get(f"{place}/versions/3"), 404, "authoring.version_not_found")


async def test_rolling_back_answers_with_the_new_version(world: World, anna: httpx2.AsyncClient) -> None:
    place = await published_twice(world, anna)
    told = (await anna.post(f"{place}/rollback", json={"version": 1})).json()
    assert told["version"] == 3
    assert (await anna.get(place)).json()["definition"]["output"] == "{{ inputs.x }}"


async def test_a_deprecated_version_says_so(world: World, anna: httpx2.AsyncClient) -> None:
    place = await published_twice(world, anna)
    assert (await anna.post(f"{place}/deprecate", json={"version": 1})).status_code == 200
    items = (await anna.get(f"{place}/versions")).json()["items"]
    assert [item["deprecated"] for item in items] == [False, True]


async def test_versions_and_the_draft_are_compared(world: World, anna: httpx2.AsyncClient) -> None:
    place = await published_twice(world, anna)
    change = {"path": "output", "kind": "changed", "before": "{{ inputs.x }}", "after": "changed"}
    assert (await anna.get(f"{place}/diff?from=1&to=2")).json() == {"changes": [change]}
    assert (await anna.get(f"{place}/diff")).json() == {"changes": []}
    await anna.put(place, json={"definition": {**DEFINITION, "output": "again"}})
    (found,) = (await anna.get(f"{place}/diff")).json()["changes"]
    assert (found["before"], found["after"]) == ("changed", "again")
    problem(await anna.get(f"{place}/diff?from=9"), 404, "authoring.version_not_found")


async def test_a_definition_is_checked_and_nothing_is_made(world: World, anna: httpx2.AsyncClient) -> None:
    response = await anna.post("/workflows/validate", json={"definition": DEFINITION})
    assert (response.status_code, response.json()) == (200, {"valid": True, "problems": []})
    assert (await anna.get("/workflows")).json()["items"] == []
    assert world.bus.sent[-1].data["dry_run"] is True


async def test_all_problems_of_a_definition_are_told(world: World, anna: httpx2.AsyncClient) -> None:
    found = [Problem(code="authoring.cycle", message="a circle", path="edges.0", node="a")]
    world.bus.refusal = Refusal(
        code="authoring.invalid_definition", kind="invalid", detail="1 problem", problems=tuple(found)
    )
    told = (await anna.post("/workflows/validate", json={"definition": DEFINITION})).json()
    assert told == {"valid": False, "problems": [found[0].model_dump()]}


async def test_another_refusal_is_no_verdict(world: World, anna: httpx2.AsyncClient) -> None:
    world.bus.refusal = Refusal(code="tenancy.tenant_suspended", kind="forbidden", detail="suspended")
    response = await anna.post("/workflows/validate", json={"definition": DEFINITION})
    problem(response, 403, "tenancy.tenant_suspended")


async def test_the_schema_of_definitions_is_served(anna: httpx2.AsyncClient) -> None:
    response = await anna.get("/workflows/schema")
    assert response.headers["content-type"] == "application/schema+json"
    assert response.json() == definition_schema()


async def test_an_agents_versions_are_listed(world: World, anna: httpx2.AsyncClient) -> None:
    place = f"/agents/{await world.make('/agents', AGENT)}"
    assert (await anna.put(place, json={**AGENT, "name": "Greeter 2"})).status_code == 200
    assert (await anna.get(place)).json()["version"] == 2
    items = (await anna.get(f"{place}/versions")).json()["items"]
    assert [(item["version"], item["name"]) for item in items] == [(2, "Greeter 2"), (1, "Greeter")]
    problem(await anna.get(f"/agents/{uuid4()}/versions"), 404, "authoring.agent_not_found")
