"""Nodes with defaults, for those that builders.py does not have."""

from typing import Any
from uuid import UUID

from schemas.authoring import nodes as n
from schemas.authoring.agents import AgentTool
from schemas.authoring.parts import Edge
from tests.support.builders import agent

CHILD_ID = UUID(int=60)


def way(source: str, target: str, case: str) -> Edge:
    return Edge(source=source, target=target, case=case)


def body(*nodes: n.Node, edges: tuple[tuple[str, str], ...] = (), output: Any = None) -> n.Body:
    return n.Body(nodes=nodes, edges=tuple(Edge(source=s, target=t) for s, t in edges), output=output)


def branch(node: str, otherwise: str = "otherwise", **cases: str) -> n.BranchNode:
    told = tuple(n.Case(name=name, when=when) for name, when in cases.items())
    return n.BranchNode(type="branch", id=node, cases=told, otherwise=otherwise)


def each(node: str, items: str, inside: n.Body, **changes: Any) -> n.MapNode:
    return n.MapNode(type="map", id=node, items=items, body=inside, **changes)


def loop(node: str, inside: n.Body, until: str, **changes: Any) -> n.LoopNode:
    return n.LoopNode(type="loop", id=node, body=inside, until=until, **changes)


def transform(node: str, expression: str) -> n.TransformNode:
    return n.TransformNode(type="transform", id=node, expression=expression)


def approval(node: str = "ask", **changes: Any) -> n.ApprovalNode:
    return n.ApprovalNode(type="approval", id=node, message="May it go on?", **changes)


def wait(node: str = "wait", **changes: Any) -> n.WaitNode:
    return n.WaitNode(type="wait", id=node, **changes)


def below(node: str = "below", **changes: Any) -> n.SubworkflowNode:
    return n.SubworkflowNode(**{"type": "subworkflow", "id": node, "workflow_id": CHILD_ID, **changes})


def helper(
    node: str = "helper", guarded: bool = False, when_unknown: n.WhenUnknown = "retry", **changes: Any
) -> n.AgentNode:
    """An agent with the tool `lookup`; with `guarded` a person must agree to its use."""
    definition = agent(tools=(AgentTool(tool="lookup", approval=guarded),), **changes)
    return n.AgentNode(type="agent", id=node, prompt="Tea?", definition=definition, when_unknown=when_unknown)
