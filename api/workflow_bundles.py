"""Workflows as files: gathered from the read side, and taken in command by command."""

from dataclasses import replace
from uuid import UUID, uuid5

from api.authoring_rows import AgentRow, WorkflowRow
from api.deps import tenant_of
from api.errors import ApiProblem
from api.parts import Deps
from api.pure import agents_used, bundle_of, commands_for, new_ids, tools_of_agents, tools_used
from api.submit import Attempt
from infra.db.scope import Scope
from schemas.authoring.bundle import WorkflowBundle
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from schemas.base import Command, TenantId


async def bundle_of_draft(parts: Deps, scope: Scope, tenant_id: TenantId, row: WorkflowRow) -> WorkflowBundle:
    """With agents and tools as they are now."""
    agents = [await agent(parts, scope, agent_id) for agent_id in agents_used(row.definition)]
    release = await release_of(parts, scope, tenant_id, row.definition, agents)
    return bundle_of(row.id, row.name, release, {str(found.id): found.name for found in agents})


async def bundle_of_release(parts: Deps, scope: Scope, row: WorkflowRow, release: Release) -> WorkflowBundle:
    """With agents and tools as they were published, and the names agents have now."""
    names = {id_: (await agent(parts, scope, UUID(id_))).name for id_ in release.agents}
    return bundle_of(row.id, row.name, release, names)


async def release_of(
    parts: Deps, scope: Scope, tenant_id: TenantId, definition: WorkflowDefinition, agents: list[AgentRow]
) -> Release:
    names = {*tools_used(definition), *tools_of_agents(found.definition for found in agents)}
    return Release(
        definition=definition,
        tools={name: await tool(parts, scope, tenant_id, name) for name in sorted(names)},
        agents={str(found.id): found.definition for found in agents},
    )


async def agent(parts: Deps, scope: Scope, agent_id: UUID) -> AgentRow:
    row = await parts.reads.agent(scope, agent_id)
    if row is None:
        raise incomplete(f"agent {agent_id}")
    return row


async def tool(parts: Deps, scope: Scope, tenant_id: TenantId, name: str) -> ToolDefinition:
    row = await parts.reads.tool(scope, tenant_id, name)
    if row is None:
        raise incomplete(f"tool {name!r}")
    return row.definition


def incomplete(what: str) -> ApiProblem:
    return ApiProblem(409, "bundle.incomplete", f"The workflow names {what}, which is not there.")


async def take_in(parts: Deps, scope: Scope, attempt: Attempt, bundle: WorkflowBundle) -> int:
    """The position that includes all of it. After a refusal half-way it may be sent again."""
    tenant_id = tenant_of(attempt.actor)
    existing = {id_ for id_ in new_ids(bundle, tenant_id) if await exists(parts, scope, id_)}
    commands = commands_for(bundle, tenant_id, existing)
    return max([await taken(attempt, command, tenant_id) for command in commands])


async def exists(parts: Deps, scope: Scope, id_: UUID) -> bool:
    """Asked of the store itself, so that what was taken in a moment ago is known."""
    streams = (f"agent-{id_}", f"workflow-{id_}")
    return any([await parts.reads.events_of_stream(scope, stream, 0, 1) for stream in streams])


async def taken(attempt: Attempt, command: Command, tenant_id: TenantId) -> int:
    part = replace(attempt, message_id=uuid5(attempt.message_id, command.stream_id))
    answer = await part.send(command, tenant_id, attempt.actor.partner_id)
    if answer is None:
        detail = "Not all of it was taken in in time. Send it again: nothing is doubled."
        raise ApiProblem(503, "bundle.unfinished", detail, headers={"Retry-After": "1"})
    return answer.position
