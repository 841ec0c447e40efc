from typing import Any
from uuid import UUID

import httpx2

from api.models.tools import TOOL
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.events import AgentCreated
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
    async with world.client(world.zoe) as zoe:
        told = (await zoe.post("/bundles", json=bundle)).json()
        agent_id = UUID(told["agents"][0])
        definition = AgentDefinition.model_validate(AGENT["definition"])
        event = AgentCreated(agent_id=agent_id, name="Greeter", definition=definition, hash="h")
        world.reads.record(f"agent-{agent_id}", world.other_tenant, event)
        await zoe.post("/bundles", json=bundle)
    assert "authoring.agent.revise" in [envelope.type for envelope in world.bus.sent]


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
