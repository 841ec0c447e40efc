"""What is wrong with nodes and edges as a graph."""

from collections import Counter
from collections.abc import Iterator

from contexts.authoring.levels import MAX_DEPTH, Level
from contexts.graph import find_cycle
from schemas.authoring.nodes import MAX_NODES, BranchNode
from schemas.envelope import Problem


def depth_problems(level: Level) -> Iterator[Problem]:
    if level.depth > MAX_DEPTH:
        message = f"maps and loops are nested more than {MAX_DEPTH} deep"
        yield Problem(code="authoring.too_deep", message=message, path=level.path.rstrip("."))


def node_problems(all_levels: list[Level]) -> Iterator[Problem]:
    """Ids are unique over all levels, so that a reference means one step wherever it stands."""
    seen: Counter[str] = Counter()
    for level in all_levels:
        for index, node in enumerate(level.graph.nodes):
            seen[node.id] += 1
            if seen[node.id] > 1:
                message = f"another node is called {node.id!r} already"
                path = f"{level.path}nodes.{index}.id"
                yield Problem(code="authoring.duplicate_node", message=message, path=path, node=node.id)
    if (count := seen.total()) > MAX_NODES:
        message = f"{count} nodes in all; {MAX_NODES} are allowed"
        yield Problem(code="authoring.too_many_nodes", message=message, path="nodes")


def edge_problems(level: Level) -> Iterator[Problem]:
    nodes = level.graph.by_id
    for index, edge in enumerate(level.graph.edges):
        path = f"{level.path}edges.{index}"
        for end, node in (("source", edge.source), ("target", edge.target)):
            if node not in nodes:
                message = f"there is no node {node!r}" + (" in this body" if level.depth else "")
                yield Problem(code="authoring.unknown_node", message=message, path=f"{path}.{end}", node=node)
        if edge.source == edge.target:
            message = f"an edge from {edge.source!r} to itself"
            yield Problem(code="authoring.self_edge", message=message, path=path, node=edge.source)
        if problem := case_problem(level, index):
            yield problem


def case_problem(level: Level, index: int) -> Problem | None:
    """Edges out of a branch name a case; others do not."""
    edge, path = level.graph.edges[index], f"{level.path}edges.{index}.case"
    source = level.graph.by_id.get(edge.source)
    if isinstance(source, BranchNode):
        cases = [case.name for case in source.cases] + [source.otherwise]
        if edge.case in cases:
            return None
        message = f"{edge.source!r} has the cases {', '.join(cases)}; this edge names {edge.case or 'none'}"
        return Problem(code="authoring.unknown_case", message=message, path=path, node=edge.source)
    if edge.case is None or source is None:
        return None
    message = f"{edge.source!r} is no branch, so its edges have no case"
    return Problem(code="authoring.case_without_branch", message=message, path=path, node=edge.source)


def cycle_problems(level: Level) -> Iterator[Problem]:
    """Cycles that share no node, one after the other; self-edges are reported as such."""
    nodes = set(level.graph.by_id)
    edges = [(edge.source, edge.target) for edge in level.graph.edges if edge.source != edge.target]
    while cycle := find_cycle(
        sorted(nodes), [(source, target) for source, target in edges if {source, target} <= nodes]
    ):
        message = f"a cycle: {' -> '.join((*cycle, cycle[0]))}"
        yield Problem(code="authoring.cycle", message=message, path=f"{level.path}edges", node=cycle[0])
        nodes -= set(cycle)


def unreachable_problems(level: Level) -> Iterator[Problem]:
    """Nodes every way to which leads over a case its branch does not have, or over such a node."""
    into = edges_into(level)
    dead: set[str] = set()
    while newly := {node for node, edges in into.items() if node not in dead and all_dead(edges, dead)}:
        dead |= newly
    for index, node in enumerate(level.graph.nodes):
        if node.id in dead:
            message = f"no run can come to {node.id!r}"
            path = f"{level.path}nodes.{index}"
            yield Problem(code="authoring.unreachable", message=message, path=path, node=node.id)


def edges_into(level: Level) -> dict[str, list[str | None]]:
    """Sources of the edges into each node that has any; None where the case does not exist."""
    found: dict[str, list[str | None]] = {}
    for index, edge in enumerate(level.graph.edges):
        source = None if case_problem(level, index) else edge.source
        found.setdefault(edge.target, []).append(source)
    return found


def all_dead(sources: list[str | None], dead: set[str]) -> bool:
    return all(source is None or source in dead for source in sources)
