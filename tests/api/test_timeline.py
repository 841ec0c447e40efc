from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx2

from api.rows.runs import Spending, StepPair, TimelineAttempt, TimelineStep
from schemas.execution.chat import Usage
from tests.api.fakes import NOW
from tests.api.world import AGENT, World, problem

SPENT = Spending(1, 43, Decimal("0.12"), Decimal("0.01"), Decimal("0.1"))
MARKER = f"hb:payload:{'a' * 64}:40000:t"


async def started(world: World) -> UUID:
    agent_id = await world.make("/agents", AGENT)
    return await world.make(f"/agents/{agent_id}/execute", {"message": "x"})


def attempt(number: int, **more: Any) -> TimelineAttempt:
    known: dict[str, Any] = {"status": "succeeded", "model": "local/m", "began_at": NOW, "ended_at": NOW}
    known |= {"due_at": None, "usage": Usage(input=31, output=12), "latency_ms": 5, "finish_reason": "stop"}
    return TimelineAttempt(attempt=number, **(known | {"error_code": None, "error_message": None} | more))


def step(node: str, **more: Any) -> TimelineStep:
    known: dict[str, Any] = {"kind": "llm", "status": "succeeded", "attempt": 1, "began_at": NOW}
    known |= {"ended_at": NOW + timedelta(seconds=1), "due_at": None, "reused_from": None}
    return TimelineStep(
        node=node, **(known | {"error_code": None, "error_message": None, "output": "x"} | more)
    )


async def test_a_timeline_tells_every_attempt_and_what_it_cost(
    world: World, anna: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    job_id = await started(world)
    first = attempt(1, status="failed", usage=None, error_code="provider.overloaded", error_message="busy")
    first = replace(first, inputs={"messages": [{"role": "user", "content": MARKER}]})
    pure = step("pure", kind=None, output=MARKER)
    world.reads.steps[job_id] = [step("ask", attempt=2, attempts=[first, attempt(2, spent=SPENT)]), pure]
    world.reads.spent[job_id, False] = SPENT
    world.reads.runs[0] = replace(world.reads.runs[0], source_hash="9f")
    told = (await anna.get(f"/executions/{job_id}/timeline")).json()
    assert (told["status"], told["source"]["hash"], told["pure_steps"]) == ("running", "9f", 1)
    ask, computed = told["items"]
    assert ask["attempts"][0]["error"] == {"code": "provider.overloaded", "message": "busy"}
    assert ask["attempts"][0]["spent"] is None
    [message] = ask["attempts"][0]["inputs"]["messages"]
    assert message["content"]["$payload"]["href"] == f"/payloads/{'a' * 64}"
    assert ask["attempts"][1]["inputs"] is None
    assert ask["attempts"][1]["spent"] == {"calls": 1, "tokens": 43, "price": "0.12"}
    assert ask["attempts"][1]["usage"]["output"] == 12
    assert (computed["kind"], computed["attempts"]) == ("pure", [])
    assert computed["output"]["$payload"]["bytes"] == 40000
    seen = (await admin.get(f"/executions/{job_id}/timeline")).json()["items"][0]["attempts"][1]["spent"]
    assert (seen["cost"], seen["margin"]) == ("0.1", "0.01")


async def test_a_timeline_comes_in_pages_of_500_at_most(world: World, anna: httpx2.AsyncClient) -> None:
    job_id = await started(world)
    world.reads.steps[job_id] = [step(f"s{number}") for number in range(7)]
    seen, cursor = [], ""
    while cursor is not None:
        query = f"?limit=3{f'&cursor={cursor}' if cursor else ''}"
        told = (await anna.get(f"/executions/{job_id}/timeline{query}")).json()
        seen += [item["node"] for item in told["items"]]
        cursor = told["next_cursor"]
    assert seen == [f"s{number}" for number in range(7)]
    for limit in (0, 501):
        response = await anna.get(f"/executions/{job_id}/timeline?limit={limit}")
        problem(response, 422, "request.invalid")


async def test_two_runs_are_compared_step_by_step(world: World, anna: httpx2.AsyncClient) -> None:
    mine, theirs = await started(world), await started(world)
    world.reads.pairs[mine, theirs] = [
        StepPair("a", "equal", "succeeded", "succeeded", None, mine),
        StepPair("b", "different", "succeeded", "succeeded", None, None),
        StepPair("c", "only_this", "succeeded", None, None, None),
    ]
    world.reads.spent[mine, False] = SPENT
    told = (await anna.get(f"/executions/{mine}/diff/{theirs}")).json()
    assert [(item["node"], item["outputs"], item["work"]) for item in told["items"]] == [
        ("a", "equal", "reused"),
        ("b", "different", "redone"),
        ("c", "only_this", None),
    ]
    assert (told["spent"]["price"], told["other_spent"]["price"]) == ("0.12", "0")
    assert told["difference"] == {"calls": -1, "tokens": -43, "price": "-0.12"}


async def test_a_run_is_not_compared_with_anothers(world: World, anna: httpx2.AsyncClient) -> None:
    mine, theirs = await started(world), await started(world)
    world.reads.runs[1] = replace(world.reads.runs[1], tenant_id=world.other_tenant)
    for pair in (f"{mine}/diff/{theirs}", f"{theirs}/diff/{mine}"):
        problem(await anna.get(f"/executions/{pair}"), 404, "execution.execution_not_found")
