from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may_author
from api.errors import not_found
from api.models.authoring import Agent, AgentPage, CreateAgentBody, ReviseAgentBody
from api.models.common import Done
from api.models.versions import AgentVersion, AgentVersionPage
from api.pagination import PageDep, encode
from api.parts import Deps
from api.rows.authoring import AgentRow, AgentVersionRow
from api.submit import AttemptDep, done
from infra.db.scope import Scope
from schemas.authoring.commands import CreateAgent, ReviseAgent

router = APIRouter(tags=["agents"], dependencies=[Depends(current_actor), may_author()])


@router.post("/agents", status_code=201, response_model=Done, summary="Create an agent")
async def create_agent(
    attempt: AttemptDep, body: Annotated[CreateAgentBody, json_body(CreateAgentBody)]
) -> Any:
    agent_id = attempt.new_id("agent")
    command = CreateAgent(agent_id=agent_id, name=body.name, definition=body.definition)
    return await done(attempt, command, agent_id)


@router.put("/agents/{agent_id}", response_model=Done, summary="Give an agent its next version")
async def revise_agent(
    attempt: AttemptDep, agent_id: UUID, body: Annotated[ReviseAgentBody, json_body(ReviseAgentBody)]
) -> Any:
    """Runs stay with the version they began with. Its tools are pinned as they are now."""
    command = ReviseAgent(agent_id=agent_id, name=body.name, definition=body.definition)
    return await done(attempt, command, agent_id)


@router.get(
    "/agents", response_model=AgentPage, dependencies=[caught_up("agents")], summary="List the agents"
)
async def list_agents(parts: Parts, scope: CurrentScope, page: PageDep) -> AgentPage:
    found = await parts.reads.agents(scope, page.key, page.limit)
    return AgentPage(items=[agent(row) for row in found.items], next_cursor=encode(found.next))


@router.get(
    "/agents/{agent_id}",
    response_model=Agent,
    dependencies=[caught_up("agents")],
    summary="Look at an agent",
)
async def get_agent(parts: Parts, scope: CurrentScope, agent_id: UUID) -> Agent:
    return agent(await existing(parts, scope, agent_id))


@router.get(
    "/agents/{agent_id}/versions",
    response_model=AgentVersionPage,
    dependencies=[caught_up("agents")],
    summary="List an agent's versions, newest first",
)
async def list_agent_versions(
    parts: Parts, scope: CurrentScope, agent_id: UUID, page: PageDep
) -> AgentVersionPage:
    await existing(parts, scope, agent_id)
    found = await parts.reads.agent_versions(scope, agent_id, page.key, page.limit)
    return AgentVersionPage(items=[version(row) for row in found.items], next_cursor=encode(found.next))


async def existing(parts: Deps, scope: Scope, agent_id: UUID) -> AgentRow:
    row = await parts.reads.agent(scope, agent_id)
    if row is None:
        raise not_found("authoring.agent_not_found", "agent")
    return row


def agent(row: AgentRow) -> Agent:
    return Agent(
        id=row.id,
        name=row.name,
        definition=row.definition,
        version=row.version,
        hash=row.hash,
        created_at=row.created_at,
    )


def version(row: AgentVersionRow) -> AgentVersion:
    return AgentVersion(
        version=row.number,
        name=row.name,
        definition=row.definition,
        hash=row.hash,
        created_at=row.created_at,
    )
