from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import httpx2

from api.rows.runs import Spending, StepRow, WaitingRow
from schemas.execution.types import QueueReason
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
    [seen_step] = seen["steps"]
    assert (seen_step["node"], seen_step["status"], seen_step["attempt"]) == ("reply", "failed", 3)
    assert (seen_step["output"], seen_step["reused_from"]) == (None, None)
    assert seen_step["error"] == {"code": "provider.overloaded", "message": "Try later"}


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


async def test_runs_are_listed_by_where_they_come_from(world: World, anna: httpx2.AsyncClient) -> None:
    agent_id = await world.make("/agents", AGENT)
    jobs = [await world.make(f"/agents/{agent_id}/execute", {"message": "x"}) for _ in range(3)]
    trigger_id, runs = uuid4(), world.reads.runs
    runs[1] = replace(runs[1], parent_id=jobs[0], parent_node="sub")
    runs[2] = replace(runs[2], trigger_id=trigger_id)
    for query, wanted in (
        (f"parent_id={jobs[0]}", jobs[1:2]),
        (f"trigger_id={trigger_id}", jobs[2:]),
        (f"source_id={agent_id}", jobs),
        (f"source_id={uuid4()}", []),
    ):
        listed = (await anna.get(f"/executions?{query}")).json()["items"]
        assert [run["job_id"] for run in listed] == [str(job) for job in wanted]
    child = (await anna.get(f"/executions/{jobs[1]}")).json()
    assert child["parent"] == {"job_id": str(jobs[0]), "node": "sub"}


async def test_a_run_that_waits_says_what_for(world: World, anna: httpx2.AsyncClient) -> None:
    agent_id = await world.make("/agents", AGENT)
    job_id = await world.make(f"/agents/{agent_id}/execute", {"message": "x", "priority": 1})
    reason, runs = QueueReason(scope="tenant", limit=2, running=2), world.reads.runs
    runs[0] = replace(runs[0], status="queued", started_at=None, queue_reason=reason)
    seen = (await anna.get(f"/executions/{job_id}")).json()
    assert (seen["status"], seen["started_at"], seen["priority"]) == ("queued", None, 1)
    assert seen["waiting"] == {"scope": "tenant", "limit": 2, "running": 2}
    world.reads.queue[runs[0].id] = WaitingRow("tenant", limit=2, running=1, ahead=3)
    place = (await anna.get(f"/executions/{job_id}")).json()["queue"]
    assert place == {"scope": "tenant", "limit": 2, "running": 1, "ahead": 3}
    runs[0] = replace(runs[0], status="running")
    assert (await anna.get(f"/executions/{job_id}")).json()["waiting"] is None


async def test_a_start_may_bound_its_price_and_say_its_priority(
    world: World, anna: httpx2.AsyncClient
) -> None:
    agent_id = await world.make("/agents", AGENT)
    body = {"message": "x", "priority": 9, "max_cost": "0.25"}
    job_id = await world.make(f"/agents/{agent_id}/execute", body)
    seen = (await anna.get(f"/executions/{job_id}")).json()
    assert (seen["priority"], seen["max_cost"]) == (9, "0.25")
    for wrong in ({"priority": 10}, {"priority": -1}, {"max_cost": "0"}, {"max_cost": True}):
        response = await anna.post(f"/agents/{agent_id}/execute", json={"message": "x"} | wrong)
        problem(response, 422, "request.invalid")


async def test_each_role_sees_its_part_of_what_a_run_cost(
    world: World, anna: httpx2.AsyncClient, reseller: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    agent_id = await world.make("/agents", AGENT)
    job_id = await world.make(f"/agents/{agent_id}/execute", {"message": "x"})
    world.reads.spent[job_id, False] = Spending(1, 43, Decimal("0.12"), Decimal("0.01"), Decimal("0.1"))
    world.reads.spent[job_id, True] = Spending(3, 99, Decimal("0.36"), Decimal("0.03"), Decimal("0.3"))
    place = f"/executions/{job_id}"
    tenants = {"calls": 1, "tokens": 43, "price": "0.12"}
    assert (await anna.get(place)).json()["spent"] == tenants
    assert (await reseller.get(place)).json()["spent"] == tenants | {"commission": "0.01"}
    everything = tenants | {"commission": "0.01", "cost": "0.1", "margin": "0.01"}
    assert (await admin.get(place)).json()["spent"] == everything
    tree = (await anna.get(f"{place}?include_children=true")).json()["spent"]
    assert tree == {"calls": 3, "tokens": 99, "price": "0.36"}
