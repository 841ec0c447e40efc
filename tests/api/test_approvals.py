from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from api.rows.runs import ApprovalRow
from schemas.execution.commands import AnswerApproval
from schemas.registry import command_from
from tests.api.world import AGENT, World, problem


def asked(world: World, job_id: UUID, node: str = "ask", *assignees: str) -> ApprovalRow:
    return world.add_approval(world.tenant, job_id, node, *assignees)


async def test_what_is_asked_is_listed_and_looked_at(world: World, anna: httpx2.AsyncClient) -> None:
    job_id = uuid4()
    asked(world, job_id, "each[0].ask")
    world.reads.asked.append(replace(asked(world, job_id, "done"), status="answered"))
    del world.reads.asked[1]
    listed = (await anna.get("/approvals?status=open")).json()["items"]
    assert [(item["node"], item["message"]) for item in listed] == [("each[0].ask", "May we?")]
    one = (await anna.get(f"/approvals/{job_id}/each[0].ask")).json()
    assert one == listed[0]
    problem(await anna.get(f"/approvals/{job_id}/other"), 404, "execution.approval_not_found")
    problem(await anna.get("/approvals?status=lost"), 422, "request.invalid")
    problem(await anna.get(f"/approvals/{job_id}/a%00"), 422, "request.invalid")


@pytest.mark.parametrize("name", ["anna@acme.example", "tenant_admin", "id"])
async def test_mine_are_those_that_name_me_by_id_address_or_role(
    world: World, anna: httpx2.AsyncClient, name: str
) -> None:
    asked(world, uuid4(), "mine", world.anna.id if name == "id" else name)
    asked(world, uuid4(), "others", "bob@acme.example")
    listed = (await anna.get("/approvals?mine=true")).json()["items"]
    assert [item["node"] for item in listed] == ["mine"]


async def test_others_tenants_questions_are_not_listed(world: World, reseller: httpx2.AsyncClient) -> None:
    asked(world, uuid4())
    assert len((await reseller.get("/approvals")).json()["items"]) == 1
    async with world.client(world.rival) as rival:
        assert (await rival.get("/approvals")).json()["items"] == []


async def test_an_answer_carries_who_gave_it(world: World, anna: httpx2.AsyncClient) -> None:
    agent_id = await world.make("/agents", AGENT)
    job_id = await world.make(f"/agents/{agent_id}/execute", {"message": "x"})
    body: dict[str, Any] = {"approved": False, "data": {"why": "no"}}
    response = await anna.post(f"/executions/{job_id}/approvals/each[0].ask", json=body)
    assert response.status_code == 200
    envelope = world.bus.sent[-1]
    assert command_from(envelope.type, envelope.data) == AnswerApproval(
        execution_id=job_id,
        node="each[0].ask",
        approved=False,
        data={"why": "no"},
        email="anna@acme.example",
    )
    missing = await anna.post(f"/executions/{job_id}/approvals/ask", json={})
    problem(missing, 422, "request.invalid")
