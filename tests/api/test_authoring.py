from uuid import uuid4

import httpx2

from api.models.authoring import WORKFLOW as EXAMPLE
from tests.api.world import AGENT, DEFINITION, WORKFLOW, World, problem


async def test_an_agent_is_made_and_seen(world: World, anna: httpx2.AsyncClient) -> None:
    response = await anna.post("/agents", json=AGENT)
    assert response.status_code == 201
    told = response.json()
    seen = (await anna.get(f"/agents/{told['id']}", params={"after": told["position"]})).json()
    assert seen["definition"]["model"] == "local/smollm2"
    assert world.reads.waited == [(("agents",), told["position"])]
    (envelope,) = world.bus.sent
    assert (envelope.tenant_id, envelope.partner_id) == (world.tenant, world.partner)
    assert (envelope.actor, envelope.type) == (world.anna, "authoring.agent.create")


async def test_a_workflow_is_made_changed_and_published(anna: httpx2.AsyncClient) -> None:
    made = (await anna.post("/workflows", json=WORKFLOW)).json()
    place = f"/workflows/{made['id']}"
    assert (await anna.get(place)).json()["published"] is None
    assert (await anna.put(place, json={"definition": EXAMPLE})).status_code == 200
    response = await anna.post(f"{place}/publish")
    assert (response.status_code, response.json()) == (200, {"version": 1, "hash": "def", "position": 1})
    seen = (await anna.get(place)).json()
    assert seen["published"] == {"version": 1, "hash": "def"}
    assert [node["id"] for node in seen["definition"]["nodes"]] == ["draft", "sign"]


async def test_publishing_nothing_new_answers_with_what_is_published(
    world: World, anna: httpx2.AsyncClient
) -> None:
    place = f"/workflows/{await world.make('/workflows', WORKFLOW)}/publish"
    await anna.post(place)
    world.reads.log.clear()
    world.bus.decide = lambda envelope, command: world.bus.answer(envelope, command, None)  # type: ignore[method-assign]
    assert (await anna.post(place)).json() == {"version": 1, "hash": "def", "position": 1}


async def test_a_version_nobody_knows_yet_is_asked_for_again(world: World, anna: httpx2.AsyncClient) -> None:
    place = f"/workflows/{await world.make('/workflows', WORKFLOW)}/publish"
    world.bus.decide = lambda envelope, command: world.bus.answer(envelope, command, None)  # type: ignore[method-assign]
    problem(await anna.post(place), 503, "read.not_caught_up")


async def test_lists_go_page_by_page(world: World, anna: httpx2.AsyncClient) -> None:
    for kind, body in (("agents", AGENT), ("workflows", WORKFLOW)):
        made = [str(await world.make(f"/{kind}", body)) for _ in range(5)]
        await world.make(f"/{kind}", body, world.zoe)
        seen, cursor = [], ""
        while cursor is not None:
            page = (await anna.get(f"/{kind}?limit=2" + (f"&cursor={cursor}" if cursor else ""))).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert seen == made


async def test_a_cursor_is_checked(anna: httpx2.AsyncClient) -> None:
    for cursor in ("!!", "MjA", "eA", "é", "a"):
        response = await anna.get("/agents", params={"cursor": cursor})
        if cursor == "MjA":
            assert response.json() == {"items": [], "next_cursor": None}
        else:
            told = problem(response, 422, "request.invalid")
            assert told["problems"][0]["code"] == "bad_cursor"


async def test_limits_are_one_to_a_hundred(anna: httpx2.AsyncClient) -> None:
    for limit in ("0", "101", "x", "-1", "1.5"):
        told = problem(await anna.get("/agents", params={"limit": limit}), 422, "request.invalid")
        assert told["problems"][0]["path"] == "query.limit"


async def test_what_does_not_exist_is_not_found(anna: httpx2.AsyncClient) -> None:
    problem(await anna.get(f"/agents/{uuid4()}"), 404, "authoring.agent_not_found")
    problem(await anna.get(f"/workflows/{uuid4()}"), 404, "authoring.workflow_not_found")
    response = await anna.put(f"/workflows/{uuid4()}", json={"definition": DEFINITION})
    problem(response, 404, "authoring.not_found")
    problem(await anna.post(f"/workflows/{uuid4()}/publish"), 404, "authoring.not_found")


async def test_authoring_is_for_tenants(reseller: httpx2.AsyncClient, admin: httpx2.AsyncClient) -> None:
    for client in (reseller, admin):
        problem(await client.post("/agents", json=AGENT), 403, "auth.forbidden")
        problem(await client.get("/workflows"), 403, "auth.forbidden")
