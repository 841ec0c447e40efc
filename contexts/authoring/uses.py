"""Which tools, agents and workflows a definition names, bodies of maps and loops included."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar
from uuid import UUID

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import AgentNode, Graph, LoopNode, MapNode, Node, SubworkflowNode, ToolNode

T = TypeVar("T")
MAX_NAMES = 2_500
"""A definition that names more of a kind is larger than is allowed."""


def all_nodes(graph: Graph) -> Iterator[Node]:
    for node in graph.nodes:
        yield node
        if isinstance(node, MapNode | LoopNode):
            yield from all_nodes(node.body)


def tools_used(definition: WorkflowDefinition) -> list[str]:
    """By its nodes and by the agents written in it; not by those it refers to."""
    return distinct(name for node in all_nodes(definition) for name in tools_of(node))


def tools_of(node: Node) -> Iterator[str]:
    match node:
        case ToolNode():
            yield node.tool
        case AgentNode() if node.definition:
            yield from (use.tool for use in node.definition.tools)


def tools_of_agents(agents: Iterable[AgentDefinition]) -> list[str]:
    return distinct(use.tool for agent in agents for use in agent.tools)


def agents_used(definition: WorkflowDefinition) -> list[UUID]:
    nodes = all_nodes(definition)
    return distinct(node.agent for node in nodes if isinstance(node, AgentNode) and node.agent)


def workflows_used(definition: WorkflowDefinition) -> list[UUID]:
    nodes = all_nodes(definition)
    return distinct(node.workflow_id for node in nodes if isinstance(node, SubworkflowNode))


def distinct(values: Iterable[T]) -> list[T]:
    """In the order they come."""
    return list(islice(dict.fromkeys(values), MAX_NAMES))
