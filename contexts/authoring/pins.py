"""A definition together with what it names: what a run is pinned to. A name is one thing in a release."""

from collections.abc import Iterator
from uuid import UUID

from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.levels import Level
from contexts.authoring.uses import agents_used, all_nodes, tools_used, workflows_used
from schemas.authoring.definition import Release, Source, WorkflowDefinition
from schemas.authoring.nodes import AgentNode, Node, SubworkflowNode
from schemas.authoring.tools import ToolDefinition
from schemas.envelope import Problem

Place = tuple[str, Node]


def release_of(definition: WorkflowDefinition, facts: AuthoringFacts) -> Release:
    """Of a definition without problems. It names tools as they are today; its agents bring their own."""
    agents = agents_used(definition)
    brought = {name: tool for agent in agents for name, tool in facts.agent_tools.get(agent, {}).items()}
    own = {name: facts.tools[name] for name in tools_used(definition)}
    return Release(
        definition=definition,
        tools={**brought, **own},
        agents={str(agent): facts.agents[agent] for agent in agents},
        workflows={str(id_): pin(definition, id_, facts) for id_ in workflows_used(definition)},
    )


def pin(definition: WorkflowDefinition, workflow_id: UUID, facts: AuthoringFacts) -> Source:
    versions = facts.workflows[workflow_id]
    return versions[asked_version(definition, workflow_id) or max(versions)]


def asked_version(definition: WorkflowDefinition, workflow_id: UUID) -> int | None:
    nodes = (node for node in all_nodes(definition) if isinstance(node, SubworkflowNode))
    return next(node.version for node in nodes if node.workflow_id == workflow_id)


def pin_problems(
    definition: WorkflowDefinition, all_levels: list[Level], facts: AuthoringFacts
) -> Iterator[Problem]:
    places = [
        (f"{level.path}nodes.{index}", node)
        for level in all_levels
        for index, node in enumerate(level.graph.nodes)
    ]
    yield from self_problems(places, facts)
    yield from version_problems(places)
    yield from tool_problems(places, frozenset(tools_used(definition)), facts)


def self_problems(places: list[Place], facts: AuthoringFacts) -> Iterator[Problem]:
    for path, node in places:
        if isinstance(node, SubworkflowNode) and node.workflow_id == facts.own:
            message, path = "a workflow cannot run itself", f"{path}.workflow_id"
            yield Problem(code="authoring.runs_itself", message=message, path=path, node=node.id)


def version_problems(places: list[Place]) -> Iterator[Problem]:
    asked: dict[UUID, int | None] = {}
    for path, node in places:
        if not isinstance(node, SubworkflowNode):
            continue
        if asked.setdefault(node.workflow_id, node.version) != node.version:
            message = "all nodes that run this workflow must ask for the same version"
            path = f"{path}.version"
            yield Problem(code="authoring.versions_differ", message=message, path=path, node=node.id)


def tool_problems(places: list[Place], own: frozenset[str], facts: AuthoringFacts) -> Iterator[Problem]:
    brought: dict[str, ToolDefinition] = {}
    for path, node in places:
        if isinstance(node, AgentNode) and node.agent:
            for name, tool in facts.agent_tools.get(node.agent, {}).items():
                if name not in own and brought.setdefault(name, tool) != tool:
                    message = f"two agents are pinned to different tools {name!r}: revise the older one"
                    yield Problem(
                        code="authoring.tools_differ", message=message, path=f"{path}.agent", node=node.id
                    )
