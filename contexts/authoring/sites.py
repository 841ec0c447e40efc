"""Where a definition refers to values: every template and expression, in its place, with what it may name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from contexts.authoring.levels import Level
from schemas.authoring import nodes as n
from schemas.authoring.definition import WorkflowDefinition


@dataclass(frozen=True, slots=True)
class Site:
    """`node` is None for the workflow's output, which is filled in when all has ended."""

    path: str
    node: str | None
    kind: Literal["template", "expression"]
    source: Any
    bound: frozenset[str]
    names: frozenset[str]

    @property
    def is_list(self) -> bool:
        """A map's items."""
        return self.path.endswith(".items")


def sites(definition: WorkflowDefinition, all_levels: list[Level]) -> Iterator[Site]:
    for level in all_levels:
        for index, node in enumerate(level.graph.nodes):
            yield from node_sites(level, index, node)
    bound = all_levels[0].bound_after()
    yield Site("output", None, "template", definition.output, bound, frozenset())


def node_sites(level: Level, index: int, node: n.Node) -> Iterator[Site]:
    path, before = f"{level.path}nodes.{index}", level.bound_before(node)
    for field, template in templates(node):
        yield Site(f"{path}.{field}", node.id, "template", template, before, level.local)
    for field, expression, more in expressions(node):
        yield Site(f"{path}.{field}", node.id, "expression", expression, before, level.local | more)
    if isinstance(node, n.MapNode | n.LoopNode):
        body = level.body_of(index, node)
        after = body.bound_after()
        yield Site(f"{path}.body.output", node.id, "template", node.body.output, after, body.local)
        if isinstance(node, n.LoopNode):
            names = body.local | {"output"}
            yield Site(f"{path}.until", node.id, "expression", node.until, after, names)


def templates(node: n.Node) -> tuple[tuple[str, Any], ...]:
    match node:
        case n.TemplateNode():
            return (("template", node.template),)
        case n.LlmNode():
            return (("system", node.system), ("prompt", node.prompt))
        case n.AgentNode():
            own = (("definition.instructions", node.definition.instructions),) if node.definition else ()
            return (("prompt", node.prompt), *own)
        case n.ToolNode():
            return (("arguments", node.arguments),)
        case n.RetrieveNode():
            return (("query", node.query),)
        case n.SubworkflowNode():
            return (("inputs", node.inputs),)
        case n.ApprovalNode():
            return (("message", node.message),)
        case n.WaitNode() if node.until is not None:
            return (("until", node.until),)
        case n.LoopNode():
            return (("initial", node.initial),)
        case n.MapNode() if node.reduce:
            return (("reduce.initial", node.reduce.initial),)
    return ()


def expressions(node: n.Node) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Field, expression, and the names it has beside those of its level."""
    match node:
        case n.TransformNode():
            yield "expression", node.expression, frozenset()
        case n.BranchNode():
            for index, case in enumerate(node.cases):
                yield f"cases.{index}.when", case.when, frozenset()
        case n.MapNode():
            yield "items", node.items, frozenset()
            if node.reduce:
                yield "reduce.expression", node.reduce.expression, frozenset({"total", "item"})
