from typing import Any
from uuid import UUID

import httpx2
import pytest

from api.models.tools import TOOL
from schemas.envelope import Refusal
from tests.api.world import WORKFLOW, World, problem

SECRET_TOOL = {**TOOL, "headers": {"authorization": "Bearer {{ secrets.SHOP_KEY }}"}}
AGENT = {
    "name": "Greeter",
    "definition": {
        "model": "local/smollm2",
        "instructions": "Be kind.",
        "tools": [{"tool": "find_order"}],
    },
}


async def exported(world: World, anna: httpx2.AsyncClient) -> tuple[UUID, dict[str, Any]]:
    """A workflow with an agent that has a tool that needs a secret."""
    await world.put("/tools/find_order", {"definition": SECRET_TOOL})
    agent_id = await world.make("/agents", AGENT)
    ask = {"type": "agent", "id": "ask", "agent": str(agent_id), "prompt": "Hello."}
    body = {"name": "Flow", "definition": {"nodes": [ask], "output": "{{ steps.ask.output }}"}}
    workflow_id = await world.make("/workflows", body)
    response = await anna.get(f"/bundles/workflows/{workflow_id}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return workflow_id, found


async def test_a_bundle_has_everything_but_the_secret(world: World, anna: httpx2.AsyncClient) -> None:
    workflow_id, bundle = await exported(world, anna)
    assert bundle["workflow"]["id"] == str(workflow_id)
    assert [agent["name"] for agent in bundle["agents"]] == ["Greeter"]
    assert (list(bundle["tools"]), bundle["secrets"]) == (["find_order"], ["SHOP_KEY"])


async def test_a_published_version_is_exported_too(world: World, anna: httpx2.AsyncClient) -> None:
    workflow_id = await world.make("/workflows", WORKFLOW)
    await world.make_version(workflow_id)
    place = f"/bundles/workflows/{workflow_id}"
    assert (await anna.get(place, params={"version": 1})).json() == (await anna.get(place)).json()
    problem(await anna.get(place, params={"version": 2}), 404, "authoring.version_not_found")


async def test_another_tenant_takes_a_bundle_in(world: World, anna: httpx2.AsyncClient) -> None:
    _, bundle = await exported(world, anna)
    before = len(world.bus.sent)
    async with world.client(world.zoe) as zoe:
        told = (await zoe.post("/bundles", json=bundle)).json()
        seen = (await zoe.get(f"/workflows/{told['id']}")).json()
    assert seen["definition"]["nodes"][0]["agent"] == told["agents"][0]
    sent = world.bus.sent[before:]
    assert [envelope.type for envelope in sent] == [
        "authoring.tool.set",
        "authoring.agent.create",
        "authoring.workflow.create",
    ]
    assert {envelope.tenant_id for envelope in sent} == {world.other_tenant}


async def test_what_is_there_already_is_revised(world: World, anna: httpx2.AsyncClient) -> None:
    _, bundle = await exported(world, anna)
    before = len(world.bus.sent)
    async with world.client(world.zoe) as zoe:
        first = (await zoe.post("/bundles", json=bundle)).json()
        again = await zoe.post("/bundles", json=bundle)
    assert again.status_code == 201
    assert {**again.json(), "position": 0} == {**first, "position": 0}
    assert [envelope.type for envelope in world.bus.sent[before + 3 :]] == [
        "authoring.tool.set",
        "authoring.agent.revise",
        "authoring.workflow.revise",
    ]


async def test_what_differs_is_refused_all_at_once(world: World, anna: httpx2.AsyncClient) -> None:
    _, bundle = await exported(world, anna)
    async with world.client(world.zoe) as zoe:
        told = (await zoe.post("/bundles", json=bundle)).json()
        await zoe.put("/tools/find_order", json={"definition": TOOL})
        await zoe.put(f"/agents/{told['agents'][0]}", json={**AGENT, "name": "Other"})
        await zoe.put(f"/workflows/{told['id']}", json={"definition": WORKFLOW["definition"]})
        before = len(world.bus.sent)
        refused = problem(await zoe.post("/bundles", json=bundle), 409, "bundle.conflicts")
    assert [(one["code"], one["path"]) for one in refused["problems"]] == [
        ("bundle.tool_exists", "tools.find_order"),
        ("bundle.agent_exists", "agents.0"),
        ("bundle.workflow_exists", "workflow"),
    ]
    assert len(world.bus.sent) == before


@pytest.mark.parametrize(
    ("choice", "sent", "left"), [("keep", [], TOOL), ("replace", ["authoring.tool.set"], SECRET_TOOL)]
)
async def test_a_tool_that_differs_is_kept_or_replaced(
    world: World, anna: httpx2.AsyncClient, choice: str, sent: list[str], left: Any
) -> None:
    _, bundle = await exported(world, anna)
    async with world.client(world.zoe) as zoe:
        await zoe.put("/tools/find_order", json={"definition": TOOL})
        before = len(world.bus.sent)
        response = await zoe.post("/bundles", json=bundle, params={"on_conflict": choice})
        assert response.status_code == 201
        seen = (await zoe.get("/tools/find_order")).json()["definition"]
        problem(await zoe.post("/bundles", json=bundle, params={"on_conflict": "x"}), 422, "request.invalid")
    assert [e.type for e in world.bus.sent[before:]] == [
        *sent,
        "authoring.agent.create",
        "authoring.workflow.create",
    ]
    assert seen["headers"] == left.get("headers", {})


async def test_a_deprecated_tool_is_another_one(world: World, anna: httpx2.AsyncClient) -> None:
    _, bundle = await exported(world, anna)
    assert (await anna.delete("/tools/find_order")).status_code == 200
    refused = problem(await anna.post("/bundles", json=bundle), 409, "bundle.conflicts")
    assert [one["path"] for one in refused["problems"]] == ["tools.find_order"]


async def calling(world: World, *called: tuple[UUID, int | None]) -> UUID:
    nodes = [
        {"type": "subworkflow", "id": f"call_{index}", "workflow_id": str(id_), "version": version}
        for index, (id_, version) in enumerate(called)
    ]
    return await world.make("/workflows", {"name": "Caller", "definition": {"nodes": nodes, "output": ""}})


async def test_subworkflows_go_along_and_are_published(world: World, anna: httpx2.AsyncClient) -> None:
    inner = await world.make("/workflows", WORKFLOW)
    await world.make_version(inner)
    middle = await calling(world, (inner, None))
    await world.make_version(middle)
    outer = await calling(world, (middle, 1), (inner, None))
    bundle = (await anna.get(f"/bundles/workflows/{outer}")).json()
    assert [one["id"] for one in bundle["subworkflows"]] == [str(inner), str(middle)]
    before = len(world.bus.sent)
    async with world.client(world.zoe) as zoe:
        told = (await zoe.post("/bundles", json=bundle)).json()
        seen = (await zoe.get(f"/workflows/{told['id']}")).json()
        called = [(await zoe.get(f"/workflows/{id_}")).json() for id_ in told["subworkflows"]]
    sent = [envelope.type.rpartition(".")[2] for envelope in world.bus.sent[before:]]
    assert sent == ["create", "publish", "create", "publish", "create"]
    nodes = seen["definition"]["nodes"]
    assert [node["workflow_id"] for node in nodes] == [told["subworkflows"][1], told["subworkflows"][0]]
    assert all(one["published"]["version"] == 1 for one in called)
    assert seen["published"] is None


async def test_two_versions_of_one_workflow_have_no_place_in_a_bundle(
    world: World, anna: httpx2.AsyncClient
) -> None:
    inner = await world.make("/workflows", WORKFLOW)
    await world.make_version(inner)
    await world.make_version(inner)
    middle = await calling(world, (inner, None))
    await world.make_version(middle)
    outer = await calling(world, (middle, None), (inner, 1))
    refused = problem(await anna.get(f"/bundles/workflows/{outer}"), 409, "bundle.ambiguous")
    assert [one["code"] for one in refused["problems"]] == ["bundle.versions_differ"]


async def test_a_circle_of_workflows_is_told(world: World, anna: httpx2.AsyncClient) -> None:
    one = await world.make("/workflows", WORKFLOW)
    await world.make_version(one)
    other = await calling(world, (one, 1))
    await world.make_version(other)
    definition = {"nodes": [{"type": "subworkflow", "id": "c", "workflow_id": str(other)}], "output": ""}
    await world.put(f"/workflows/{one}", {"definition": definition})
    await world.make_version(one)
    problem(await anna.get(f"/bundles/workflows/{one}"), 409, "bundle.ambiguous")


async def test_a_subworkflow_that_is_not_there_is_told(world: World, anna: httpx2.AsyncClient) -> None:
    outer = await calling(world, (await world.make("/workflows", WORKFLOW), None))
    problem(await anna.get(f"/bundles/workflows/{outer}"), 409, "bundle.incomplete")


async def test_a_retry_with_the_same_key_sends_the_same_commands(
    world: World, anna: httpx2.AsyncClient
) -> None:
    _, bundle = await exported(world, anna)
    before = len(world.bus.sent)
    for _ in range(2):
        await anna.post("/bundles", json=bundle, headers={"Idempotency-Key": "k"})
    ids = [envelope.message_id for envelope in world.bus.sent[before:]]
    assert len(ids) == 6 and ids[:3] == ids[3:] and len(set(ids)) == 3


async def test_a_bundle_may_not_bring_a_server_the_tenant_may_not_use(
    world: World, anna: httpx2.AsyncClient
) -> None:
    _, bundle = await exported(world, anna)
    before = len(world.bus.sent)
    bundle["tools"]["find_order"] = {"type": "mcp", "server": "nobodys", "tool": "x"}
    problem(await anna.post("/bundles", json=bundle), 403, "tool.server_not_allowed")
    assert len(world.bus.sent) == before


async def test_a_refused_part_is_told_and_the_rest_not_sent(world: World, anna: httpx2.AsyncClient) -> None:
    _, bundle = await exported(world, anna)
    before = len(world.bus.sent)
    world.bus.refusal = Refusal(code="authoring.invalid_tool", kind="invalid", detail="no secret SHOP_KEY")
    problem(await anna.post("/bundles", json=bundle), 400, "authoring.invalid_tool")
    assert len(world.bus.sent) == before + 1


async def test_a_part_not_answered_in_time_is_to_be_sent_again(
    world: World, anna: httpx2.AsyncClient
) -> None:
    _, bundle = await exported(world, anna)
    world.bus.slow = True
    response = await anna.post("/bundles", json=bundle)
    problem(response, 503, "bundle.unfinished")
    assert response.headers["retry-after"] == "1"
