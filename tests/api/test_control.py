from typing import Any
from uuid import uuid4

import httpx2
import pytest

from schemas.envelope import Refusal
from schemas.execution import commands as c
from schemas.registry import command_from
from tests.api.world import AGENT, World, problem


async def started(world: World) -> Any:
    agent_id = await world.make("/agents", AGENT)
    return await world.make(f"/agents/{agent_id}/execute", {"message": "x"})


def last_command(world: World) -> Any:
    envelope = world.bus.sent[-1]
    return command_from(envelope.type, envelope.data)


@pytest.mark.parametrize("body", [{"reason": "enough"}, {}, None])
async def test_a_run_is_cancelled_with_or_without_a_reason(
    world: World, anna: httpx2.AsyncClient, body: Any
) -> None:
    job_id = await started(world)
    response = await anna.post(f"/executions/{job_id}/cancel", json=body)
    assert response.status_code == 200
    assert response.json()["id"] == str(job_id)
    reason = (body or {}).get("reason", "")
    assert last_command(world) == c.CancelExecution(execution_id=job_id, reason=reason)
    assert (world.bus.sent[-1].tenant_id, world.bus.sent[-1].actor) == (world.tenant, world.anna)


@pytest.mark.parametrize(("way", "command"), [("pause", c.PauseExecution), ("resume", c.ResumeExecution)])
async def test_a_run_is_paused_and_goes_on(
    world: World, anna: httpx2.AsyncClient, way: str, command: Any
) -> None:
    job_id = await started(world)
    assert (await anna.post(f"/executions/{job_id}/{way}")).status_code == 200
    assert last_command(world) == command(execution_id=job_id)


async def test_only_the_platform_terminates(
    world: World, anna: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    job_id = await started(world)
    problem(await anna.post(f"/executions/{job_id}/terminate"), 403, "auth.forbidden")
    response = await admin.post(f"/executions/{job_id}/terminate", json={"reason": "stuck"})
    assert response.status_code == 200
    assert last_command(world) == c.TerminateExecution(execution_id=job_id, reason="stuck")
    assert world.bus.sent[-1].tenant_id == world.tenant
    problem(await admin.post(f"/executions/{uuid4()}/terminate"), 404, "execution.execution_not_found")


async def test_partners_look_on(world: World, reseller: httpx2.AsyncClient) -> None:
    job_id = await started(world)
    for way in ("cancel", "pause", "resume", "signals/paid", "approvals/ask"):
        response = await reseller.post(f"/executions/{job_id}/{way}", json={"approved": True})
        problem(response, 403, "auth.forbidden")


async def test_a_run_is_told_an_event(world: World, anna: httpx2.AsyncClient) -> None:
    job_id = await started(world)
    payload = {"paid": True, "lines": [1]}
    response = await anna.post(f"/executions/{job_id}/signals/paid", json={"payload": payload})
    assert response.status_code == 200
    assert last_command(world) == c.DeliverSignal(execution_id=job_id, name="paid", payload=payload)
    problem(await anna.post(f"/executions/{job_id}/signals/Paid%00"), 422, "request.invalid")


async def test_a_run_is_forked_from_a_step_on(world: World, anna: httpx2.AsyncClient) -> None:
    job_id = await started(world)
    body = {"from_node": "draft", "models": {"draft": "local/smollm2"}, "inputs": {"message": "y"}}
    response = await anna.post(f"/executions/{job_id}/fork", json=body)
    assert response.status_code == 202
    job = response.json()
    command = last_command(world)
    assert str(command.execution_id) == job["job_id"] != str(job_id)
    assert (command.fork.execution_id, command.fork.from_node) == (job_id, "draft")
    assert (command.fork.models, command.inputs) == (body["models"], {"message": "y"})
    assert (command.source.kind, command.source.name) == ("agent", "Greeter")
    seen = (await anna.get(f"/executions/{job['job_id']}")).json()
    assert seen["fork_of"] == str(job_id)


async def test_a_retried_fork_is_the_same_run(world: World, anna: httpx2.AsyncClient) -> None:
    job_id = await started(world)
    key = {"Idempotency-Key": "once"}
    first, again = [
        (await anna.post(f"/executions/{job_id}/fork", json={}, headers=key)).json() for _ in range(2)
    ]
    assert first["job_id"] == again["job_id"]


async def test_what_the_decision_refuses_is_told(world: World, anna: httpx2.AsyncClient) -> None:
    job_id = await started(world)
    world.bus.refusal = Refusal(code="execution.ended", kind="conflict", detail="The run has ended.")
    problem(await anna.post(f"/executions/{job_id}/pause"), 409, "execution.ended")


async def test_a_slow_answer_is_pending(world: World, anna: httpx2.AsyncClient) -> None:
    job_id = await started(world)
    world.bus.slow = True
    response = await anna.post(f"/executions/{job_id}/cancel")
    assert (response.status_code, response.json()["status"]) == (202, "pending")
