"""The graphs of a definition: its own, and those inside of maps and loops, each with what is known there."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from contexts.graph import parents_of, reachable
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import Graph, LoopNode, MapNode, Node

MAX_DEPTH = 3

MAP_NAMES = frozenset({"item", "index"})
LOOP_NAMES = frozenset({"index", "previous"})


@dataclass(frozen=True)
class Level:
    """`path` leads to the graph, and ends with a dot unless empty. `outer`: steps around that have ended."""

    graph: Graph
    path: str = ""
    outer: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    depth: int = 0

    def bound_before(self, node: Node) -> frozenset[str]:
        """Steps that have surely ended, or were skipped, when the node begins."""
        return self.outer | (reachable(self.parents, node.id) - {node.id})

    def bound_after(self) -> frozenset[str]:
        return self.outer | {node.id for node in self.graph.nodes}

    @cached_property
    def parents(self) -> dict[str, set[str]]:
        return parents_of([(edge.source, edge.target) for edge in self.graph.edges])

    def body_of(self, index: int, node: MapNode | LoopNode) -> "Level":
        names = MAP_NAMES if isinstance(node, MapNode) else LOOP_NAMES
        path = f"{self.path}nodes.{index}.body."
        return Level(node.body, path, self.bound_before(node), self.local | names, self.depth + 1)


def levels(definition: WorkflowDefinition) -> Iterator[Level]:
    """The outer before the inner; not deeper than is allowed, and one more to say so."""
    todo = [Level(definition)]
    while todo:
        level = todo.pop(0)
        yield level
        if level.depth <= MAX_DEPTH:
            todo += [
                level.body_of(index, node)
                for index, node in enumerate(level.graph.nodes)
                if isinstance(node, MapNode | LoopNode)
            ]
