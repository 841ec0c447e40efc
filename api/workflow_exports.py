"""Workflows as files: gathered from the read side with all they run and use."""

from dataclasses import dataclass, field
from uuid import UUID

from api.errors import ApiProblem
from api.parts import Deps
from api.pure import (
    Carried,
    agents_used,
    asked_version,
    bundle_of,
    disagreements,
    tools_of_agents,
    tools_used,
    workflows_used,
)
from api.rows.authoring import AgentRow, VersionRow, WorkflowRow
from infra.db.scope import Scope
from schemas.authoring.bundle import MAX_SUBWORKFLOWS, WorkflowBundle
from schemas.authoring.definition import Release, Source, WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from schemas.base import TenantId
from schemas.envelope import Problem

NEWEST_LOOKED_AT = 100
"""Versions that are looked at for one that is not deprecated."""


@dataclass
class Export:
    """`as_published`: with the tools and agents each was pinned to; else with those of now."""

    parts: Deps
    scope: Scope
    tenant_id: TenantId
    as_published: bool
    carried: list[Carried] = field(default_factory=list)
    versions: dict[UUID, int | None] = field(default_factory=dict)
    agent_names: dict[str, str] = field(default_factory=dict)

    async def bundle(self, row: WorkflowRow, version: int | None, release: Release) -> WorkflowBundle:
        await self.carry(row.id, row.name, version, release)
        if problems := disagreements(self.carried):
            raise ambiguous(problems)
        return bundle_of(self.carried, self.agent_names)

    async def carry(self, id_: UUID, name: str, version: int | None, release: Release) -> None:
        """What it runs first. Only a version that runs another version of itself meets itself again."""
        self.versions[id_] = version
        for agent_id in release.agents:
            self.agent_names[agent_id] = (await self.agent(UUID(agent_id))).name
        for source in release.workflows.values():
            if source.id not in self.versions:
                await self.carry_subworkflow(source)
            elif self.versions[source.id] != source.version or not self.is_carried(source.id):
                raise ambiguous([versions_differ(name, source)])
        self.carried.append(Carried(id_, name, release))

    async def carry_subworkflow(self, source: Source) -> None:
        if len(self.versions) > MAX_SUBWORKFLOWS:
            detail = f"The workflow runs more than {MAX_SUBWORKFLOWS} others."
            raise ApiProblem(409, "bundle.too_many_subworkflows", detail)
        row = await self.parts.reads.workflow_version(self.scope, source.id, source.version)
        if row is None or row.release is None:
            raise incomplete(f"version {source.version} of workflow {source.id}")
        release = row.release if self.as_published else await self.release_now(row.release.definition)
        await self.carry(source.id, source.name, source.version, release)

    def is_carried(self, id_: UUID) -> bool:
        return any(one.id == id_ for one in self.carried)

    async def release_now(self, definition: WorkflowDefinition) -> Release:
        """What would be published if it were published now."""
        agents = [await self.agent(agent_id) for agent_id in agents_used(definition)]
        names = {*tools_used(definition), *tools_of_agents(found.definition for found in agents)}
        return Release(
            definition=definition,
            tools={name: await self.tool(name) for name in sorted(names)},
            agents={str(found.id): found.definition for found in agents},
            workflows={str(id_): await self.pin(definition, id_) for id_ in workflows_used(definition)},
        )

    async def agent(self, agent_id: UUID) -> AgentRow:
        row = await self.parts.reads.agent(self.scope, agent_id)
        if row is None:
            raise incomplete(f"agent {agent_id}")
        return row

    async def tool(self, name: str) -> ToolDefinition:
        row = await self.parts.reads.tool(self.scope, self.tenant_id, name)
        if row is None:
            raise incomplete(f"tool {name!r}")
        return row.definition

    async def pin(self, definition: WorkflowDefinition, workflow_id: UUID) -> Source:
        row = await self.parts.reads.workflow(self.scope, workflow_id)
        version = await self.version(workflow_id, asked_version(definition, workflow_id))
        if row is None or version is None:
            raise incomplete(f"workflow {workflow_id}")
        return Source(
            kind="workflow", id=workflow_id, version=version.number, hash=version.hash, name=row.name
        )

    async def version(self, workflow_id: UUID, asked: int | None) -> VersionRow | None:
        """The newest that is not deprecated, if none is asked for."""
        reads = self.parts.reads
        if asked is not None:
            return await reads.workflow_version(self.scope, workflow_id, asked)
        newest = await reads.workflow_versions(self.scope, workflow_id, None, NEWEST_LOOKED_AT)
        return next((version for version in newest.items if not version.deprecated), None)


async def bundle_of_draft(parts: Deps, scope: Scope, tenant_id: TenantId, row: WorkflowRow) -> WorkflowBundle:
    """With agents and tools as they are now, and the subworkflows it would be pinned to."""
    export = Export(parts, scope, tenant_id, as_published=False)
    return await export.bundle(row, None, await export.release_now(row.definition))


async def bundle_of_release(
    parts: Deps, scope: Scope, tenant_id: TenantId, row: WorkflowRow, number: int, release: Release
) -> WorkflowBundle:
    """With all it runs and uses as it was published, and the names agents have now."""
    export = Export(parts, scope, tenant_id, as_published=True)
    return await export.bundle(row, number, release)


def incomplete(what: str) -> ApiProblem:
    return ApiProblem(409, "bundle.incomplete", f"The workflow names {what}, which is not there.")


def ambiguous(problems: list[Problem]) -> ApiProblem:
    detail = "What the workflow runs was published with other things of the same names. Publish it anew."
    return ApiProblem(409, "bundle.ambiguous", detail, problems)


def versions_differ(name: str, source: Source) -> Problem:
    message = f"{name!r} runs version {source.version} of {source.name!r}, which is there as another one"
    return Problem(code="bundle.versions_differ", message=message)
