"""Bundles are taken in as commands that may be repeated. What they would change is told first."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from schemas.authoring import commands as c
from schemas.authoring.bundle import BundledAgent, BundledWorkflow, WorkflowBundle
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from schemas.base import Command, TenantId
from schemas.envelope import Problem

NAMED_BY = {"agent": "agent", "subworkflow": "workflow_id"}
"""Which field of which kind of node names something by its id."""

NEWEST: Mapping[str, Mapping[str, None]] = {"subworkflow": {"version": None}}
"""Versions have other numbers in another tenant: what was taken in last is meant."""

Name = str | UUID


@dataclass(frozen=True)
class Present:
    """What a tenant has of a bundle's names and ids. A deprecated tool is None: it is no tool of use."""

    tools: Mapping[str, ToolDefinition | None] = field(default_factory=dict)
    agents: Mapping[UUID, BundledAgent] = field(default_factory=dict)
    workflows: Mapping[UUID, WorkflowDefinition] = field(default_factory=dict)


def new_id(tenant_id: TenantId, old_id: UUID) -> UUID:
    """What it is called in this tenant: the same however often it is taken in."""
    return uuid5(tenant_id, str(old_id))


def at_home(bundle: WorkflowBundle, tenant_id: TenantId) -> WorkflowBundle:
    """The bundle with the ids that all of it has in this tenant."""
    moved = [workflow_at_home(one, tenant_id) for one in (*bundle.subworkflows, bundle.workflow)]
    agents = [one.model_copy(update={"id": new_id(tenant_id, one.id)}) for one in bundle.agents]
    return WorkflowBundle(
        workflow=moved[-1],
        subworkflows=tuple(moved[:-1]),
        agents=tuple(agents),
        tools=bundle.tools,
        secrets=bundle.secrets,
    )


def workflow_at_home(workflow: BundledWorkflow, tenant_id: TenantId) -> BundledWorkflow:
    definition = with_new_ids(workflow.definition.model_dump(), tenant_id)
    return BundledWorkflow(
        id=new_id(tenant_id, workflow.id),
        name=workflow.name,
        definition=WorkflowDefinition.model_validate(definition),
    )


def with_new_ids(graph: dict[str, Any], tenant_id: TenantId) -> dict[str, Any]:
    return {**graph, "nodes": [renamed(node, tenant_id) for node in graph["nodes"]]}


def renamed(node: dict[str, Any], tenant_id: TenantId) -> dict[str, Any]:
    if "body" in node:
        return {**node, "body": with_new_ids(node["body"], tenant_id)}
    field_ = NAMED_BY.get(node["type"])
    if field_ is None or node[field_] is None:
        return node
    return {**node, **NEWEST.get(node["type"], {}), field_: new_id(tenant_id, node[field_])}


def conflicts(home: WorkflowBundle, present: Present) -> dict[Name, Problem]:
    """By name or id: what the tenant has already, with another content."""
    return dict(found_conflicts(home, present))


def found_conflicts(home: WorkflowBundle, present: Present) -> Iterator[tuple[Name, Problem]]:
    for name, tool in home.tools.items():
        if name in present.tools and present.tools[name] != tool:
            yield name, conflict("tool", name, f"tools.{name}")
    for index, agent in enumerate(home.agents):
        if present.agents.get(agent.id, agent) != agent:
            yield agent.id, conflict("agent", agent.name, f"agents.{index}")
    places = [*(f"subworkflows.{index}" for index in range(len(home.subworkflows))), "workflow"]
    for path, workflow in zip(places, (*home.subworkflows, home.workflow), strict=True):
        if present.workflows.get(workflow.id, workflow.definition) != workflow.definition:
            yield workflow.id, conflict("workflow", workflow.name, path)


def conflict(kind: str, name: str, path: str) -> Problem:
    message = f"there is another {kind} {name!r} here"
    return Problem(code=f"bundle.{kind}_exists", message=message, path=path)


def commands_for(
    home: WorkflowBundle, tenant_id: TenantId, present: Present, kept: Set[Name] = frozenset()
) -> list[Command]:
    """What is named comes before what names it. Only subworkflows are published: others name them so."""
    commands: list[Command] = [
        c.SetTool(tenant_id=tenant_id, name=name, definition=tool)
        for name, tool in home.tools.items()
        if name not in kept
    ]
    commands += [agent_command(agent, present) for agent in home.agents if agent.id not in kept]
    for workflow in home.subworkflows:
        if workflow.id not in kept:
            commands += [workflow_command(workflow, present), c.PublishWorkflow(workflow_id=workflow.id)]
    if home.workflow.id not in kept:
        commands.append(workflow_command(home.workflow, present))
    return commands


def agent_command(agent: BundledAgent, present: Present) -> Command:
    command = c.ReviseAgent if agent.id in present.agents else c.CreateAgent
    return command(agent_id=agent.id, name=agent.name, definition=agent.definition)


def workflow_command(workflow: BundledWorkflow, present: Present) -> Command:
    if workflow.id in present.workflows:
        return c.ReviseWorkflow(workflow_id=workflow.id, definition=workflow.definition)
    return c.CreateWorkflow(workflow_id=workflow.id, name=workflow.name, definition=workflow.definition)
