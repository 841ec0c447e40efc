"""Workflows as files: made from a release, and taken in as commands that may be repeated."""

from collections.abc import Mapping, Set
from typing import Any
from uuid import UUID, uuid5

from contexts.authoring.tool_checks import named_secrets
from schemas.authoring import commands as c
from schemas.authoring.bundle import BundledAgent, BundledWorkflow, WorkflowBundle
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.base import Command, TenantId

NAMED_BY = {"agent": "agent", "subworkflow": "workflow_id"}
"""Which field of which kind of node names something by its id."""

NEWEST: Mapping[str, Mapping[str, None]] = {"subworkflow": {"version": None}}
"""Versions have other numbers in another tenant: what was taken in last is meant."""


def bundle_of(
    workflow_id: UUID, name: str, release: Release, agent_names: Mapping[str, str]
) -> WorkflowBundle:
    secrets = {secret for tool in release.tools.values() for secret in named_secrets(tool)}
    return WorkflowBundle(
        workflow=BundledWorkflow(id=workflow_id, name=name, definition=release.definition),
        agents=tuple(
            BundledAgent(id=UUID(id_), name=agent_names[id_], definition=agent)
            for id_, agent in sorted(release.agents.items())
        ),
        tools=dict(sorted(release.tools.items())),
        secrets=tuple(sorted(secrets)),
    )


def new_id(tenant_id: TenantId, old_id: UUID) -> UUID:
    """What it is called in this tenant: the same however often it is taken in."""
    return uuid5(tenant_id, str(old_id))


def commands_for(bundle: WorkflowBundle, tenant_id: TenantId, existing: Set[UUID]) -> list[Command]:
    """What is named comes before what names it. `existing`: new ids the tenant has already.

    A subworkflow is not in the bundle: its own is to be taken in, and published, before this one.
    """
    return [
        *(
            c.SetTool(tenant_id=tenant_id, name=name, definition=tool)
            for name, tool in sorted(bundle.tools.items())
        ),
        *(agent_command(agent, tenant_id, existing) for agent in bundle.agents),
        workflow_command(bundle.workflow, tenant_id, existing),
    ]


def new_ids(bundle: WorkflowBundle, tenant_id: TenantId) -> list[UUID]:
    """The workflow's is the last one."""
    agents = [new_id(tenant_id, agent.id) for agent in bundle.agents]
    return [*agents, new_id(tenant_id, bundle.workflow.id)]


def agent_command(agent: BundledAgent, tenant_id: TenantId, existing: Set[UUID]) -> Command:
    agent_id = new_id(tenant_id, agent.id)
    command = c.ReviseAgent if agent_id in existing else c.CreateAgent
    return command(agent_id=agent_id, name=agent.name, definition=agent.definition)


def workflow_command(workflow: BundledWorkflow, tenant_id: TenantId, existing: Set[UUID]) -> Command:
    workflow_id, definition = new_id(tenant_id, workflow.id), at_home(workflow.definition, tenant_id)
    if workflow_id in existing:
        return c.ReviseWorkflow(workflow_id=workflow_id, definition=definition)
    return c.CreateWorkflow(workflow_id=workflow_id, name=workflow.name, definition=definition)


def at_home(definition: WorkflowDefinition, tenant_id: TenantId) -> WorkflowDefinition:
    """With the new ids of all it refers to."""
    return WorkflowDefinition.model_validate(with_new_ids(definition.model_dump(), tenant_id))


def with_new_ids(graph: dict[str, Any], tenant_id: TenantId) -> dict[str, Any]:
    return {**graph, "nodes": [renamed(node, tenant_id) for node in graph["nodes"]]}


def renamed(node: dict[str, Any], tenant_id: TenantId) -> dict[str, Any]:
    if "body" in node:
        return {**node, "body": with_new_ids(node["body"], tenant_id)}
    field = NAMED_BY.get(node["type"])
    if field is None or node[field] is None:
        return node
    return {**node, **NEWEST.get(node["type"], {}), field: new_id(tenant_id, node[field])}
