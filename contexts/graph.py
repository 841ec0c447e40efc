"""Directed graphs of named nodes; edges are `(source, target)`. Nothing recurses: graphs may be deep."""

from collections import deque
from collections.abc import Collection, Mapping

Edges = Collection[tuple[str, str]]


def parents_of(edges: Edges) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for source, target in edges:
        found.setdefault(target, set()).add(source)
    return found


def reachable(neighbours: Mapping[str, Collection[str]], node: str) -> frozenset[str]:
    """Every node that a path from `node` leads to; on a cycle that includes the node itself."""
    seen: set[str] = set()
    todo = list(neighbours.get(node, ()))
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo.extend(neighbours.get(current, ()))
    return frozenset(seen)


def find_cycle(nodes: Collection[str], edges: Edges) -> tuple[str, ...] | None:
    """The nodes of one cycle in the direction of its edges, or None."""
    ordered = set(peel(nodes, edges))
    left = [node for node in dict.fromkeys(nodes) if node not in ordered]
    return walk_back(left, edges) if left else None


def peel(nodes: Collection[str], edges: Edges) -> tuple[str, ...]:
    """Takes away nodes without parents, until none is left or only cycles and what hangs on them.

    The order is theirs: each after its parents, and the same for the same graph.
    """
    unique = tuple(dict.fromkeys(edges))
    waiting = dict.fromkeys(nodes, 0)
    children: dict[str, list[str]] = {node: [] for node in waiting}
    for source, target in unique:
        waiting[target] += 1
        children[source].append(target)
    ready = deque(node for node, parents in waiting.items() if not parents)
    order = []
    while ready:
        order.append(node := ready.popleft())
        for child in children[node]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return tuple(order)


def walk_back(left: list[str], edges: Edges) -> tuple[str, ...]:
    """Each node in `left` has a parent in `left`, so walking from parent to parent must come round."""
    among = set(left)
    parents = {target: source for source, target in edges if source in among}
    path: dict[str, int] = {}
    node = left[0]
    while node not in path:
        path[node] = len(path)
        node = parents[node]
    return tuple(reversed(list(path)[path[node] :]))


def descendants(edges: Edges, node: str) -> frozenset[str]:
    """Every node to which a path leads from `node`."""
    return reachable(parents_of([(target, source) for source, target in edges]), node)
