"""Workflows as files: taken in command by command, once it is clear what becomes of what is there."""

from dataclasses import dataclass, replace
from uuid import uuid5

from api.deps import tenant_of
from api.errors import ApiProblem
from api.parts import Deps
from api.pure import Present, at_home, commands_for, conflicts
from api.submit import Attempt
from infra.db.scope import Scope
from schemas.authoring.bundle import BundledAgent, OnConflict, WorkflowBundle
from schemas.authoring.commands import PublishWorkflow
from schemas.base import Command, TenantId


@dataclass(frozen=True)
class TakenIn:
    """The bundle as it is called here, and the position that includes all of it."""

    bundle: WorkflowBundle
    position: int


async def take_in(
    parts: Deps, scope: Scope, attempt: Attempt, bundle: WorkflowBundle, on_conflict: OnConflict
) -> TakenIn:
    """After a refusal half-way it may be sent again."""
    tenant_id = tenant_of(attempt.actor)
    home = at_home(bundle, tenant_id)
    present = await present_of(parts, scope, tenant_id, home)
    found = conflicts(home, present)
    if found and on_conflict == "refuse":
        detail = f"{len(found)} of it is here already, with other content: say `replace` or `keep`."
        raise ApiProblem(409, "bundle.conflicts", detail, list(found.values()))
    kept = found.keys() if on_conflict == "keep" else frozenset()
    commands = commands_for(home, tenant_id, present, kept)
    positions = [await taken(attempt, command, tenant_id) for command in commands]
    return TakenIn(home, max(positions, default=0))


async def present_of(parts: Deps, scope: Scope, tenant_id: TenantId, home: WorkflowBundle) -> Present:
    reads = parts.reads
    tools = [await reads.tool(scope, tenant_id, name) for name in home.tools]
    agents = [await reads.agent(scope, agent.id) for agent in home.agents]
    workflows = [await reads.workflow(scope, one.id) for one in (*home.subworkflows, home.workflow)]
    return Present(
        tools={row.name: None if row.deprecated else row.definition for row in tools if row},
        agents={
            row.id: BundledAgent(id=row.id, name=row.name, definition=row.definition) for row in agents if row
        },
        workflows={row.id: row.definition for row in workflows if row},
    )


def name_of(command: Command) -> str:
    """Creating and revising are one: whichever a retry thinks is right, it gets the first answer."""
    return f"{command.stream_id}{' published' if isinstance(command, PublishWorkflow) else ''}"


async def taken(attempt: Attempt, command: Command, tenant_id: TenantId) -> int:
    part = replace(attempt, message_id=uuid5(attempt.message_id, name_of(command)))
    answer = await part.send(command, tenant_id, attempt.actor.partner_id)
    if answer is None:
        detail = "Not all of it was taken in in time. Send it again: nothing is doubled."
        raise ApiProblem(503, "bundle.unfinished", detail, headers={"Retry-After": "1"})
    return answer.position
