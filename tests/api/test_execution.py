from dataclasses import replace
from uuid import uuid4

import httpx2

from api.reads import StepRow
from tests.api.world import AGENT, WORKFLOW, World, problem


async def test_an_agent_runs_on_a_message(world: World, anna: httpx2.AsyncClient) -> None:
    agent_id = await world.make("/agents", AGENT)
    response = await anna.post(f"/agents/{agent_id}/execute", json={"message": "hello"})
    assert response.status_code == 202
    job = response.json()
    place = f"/executions/{job['job_id']}"
    assert job["links"] == {"self": place, "stream": f"{place}/stream"}
    assert job["position"] == 1
    seen = (await anna.get(place)).json()
    assert (seen["status"], seen["inputs"]) == ("running", {"message": "hello"})
    assert seen["source"] == {"kind": "agent", "id": str(agent_id), "name": "Greeter", "version": 1}


async def test_a_workflow_runs_on_inputs_of_any_json_type(world: World, anna: httpx2.AsyncClient) -> None:
    workflow_id = await world.make("/workflows", WORKFLOW)
    inputs = {"x": "é", "n": 1, "f": 1.5, "b": True, "nothing": None, "list": [1, {"deep": "yes"}]}
    body = {"inputs": inputs, "version": 7}
    job = (await anna.post(f"/workflows/{workflow_id}/execute", json=body)).json()
    seen = (await anna.get(f"/executions/{job['job_id']}")).json()
    assert seen["inputs"] == inputs
    assert seen["source"]["version"] == 7


async def test_a_run_shows_its_steps_and_why_it_failed(world: World, anna: httpx2.AsyncClient) -> None:
    agent_id = await world.make("/agents", AGENT)
    job_id = await world.make(f"/agents/{agent_id}/execute", {"message": "x"})
    step = StepRow("reply", "failed", 3, None, "provider.overloaded", "Try later")
    world.reads.runs[0] = replace(
        world.reads.runs[0], status="failed", error_code="step_failed", error_message=None, steps=[step]
    )
    seen = (await anna.get(f"/executions/{job_id}")).json()
    assert seen["error"] == {"code": "step_failed", "message": ""}
    assert seen["steps"] == [
        {
            "node": "reply",
            "status": "failed",
            "attempt": 3,
            "output": None,
            "error": {"code": "provider.overloaded", "message": "Try later"},
        }
    ]


async def test_runs_are_listed_by_status(world: World, anna: httpx2.AsyncClient) -> None:
    agent_id = await world.make("/agents", AGENT)
    jobs = [await world.make(f"/agents/{agent_id}/execute", {"message": "x"}) for _ in range(3)]
    world.reads.runs[1] = replace(world.reads.runs[1], status="succeeded")
    listed = (await anna.get("/executions", params={"status": "succeeded"})).json()
    assert [run["job_id"] for run in listed["items"]] == [str(jobs[1])]
    assert len((await anna.get("/executions")).json()["items"]) == 3
    told = problem(await anna.get("/executions?status=lost"), 422, "request.invalid")
    assert told["problems"][0]["path"] == "query.status"


async def test_partners_and_admins_see_the_runs_of_their_tenants(
    world: World, reseller: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    agent_id = await world.make("/agents", AGENT)
    job_id = await world.make(f"/agents/{agent_id}/execute", {"message": "x"})
    for client in (reseller, admin):
        assert (await client.get(f"/executions/{job_id}")).status_code == 200
        response = await client.post(f"/agents/{agent_id}/execute", json={"message": "x"})
        problem(response, 403, "auth.forbidden")
    async with world.client(world.rival) as rival:
        problem(await rival.get(f"/executions/{job_id}"), 404, "execution.execution_not_found")


async def test_running_what_does_not_exist_is_refused(anna: httpx2.AsyncClient) -> None:
    response = await anna.post(f"/workflows/{uuid4()}/execute", json={"inputs": {}})
    problem(response, 404, "authoring.not_found")


async def test_a_read_behind_the_asked_position_says_so(world: World, anna: httpx2.AsyncClient) -> None:
    world.reads.reached = 41
    assert (await anna.get("/executions?after=41")).status_code == 200
    response = await anna.get("/executions?after=42")
    problem(response, 503, "read.not_caught_up")
    assert response.headers["retry-after"] == "1"
    for after in ("-1", "x", str(2**63)):
        problem(await anna.get(f"/executions?after={after}"), 422, "request.invalid")
