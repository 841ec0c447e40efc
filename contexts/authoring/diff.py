"""What differs between two definitions, nodes matched by their ids, wherever in the list they stand."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from schemas.authoring.definition import Release, WorkflowDefinition

ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Change:
    """`path`: `nodes.draft.prompt`, `nodes.each.body.nodes.inner`, `inputs.topic`, `edges.a -> b`."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


def diff(old: WorkflowDefinition, new: WorkflowDefinition) -> list[Change]:
    return list(changes("", keyed(old.model_dump(mode="json")), keyed(new.model_dump(mode="json"))))


def release_diff(old: Release, new: Release) -> list[Change]:
    """Of the definitions, and of the tools, agents and workflows they are pinned to."""
    pins = [release.model_dump(mode="json", exclude={"definition"}) for release in (old, new)]
    return [*diff(old.definition, new.definition), *changes("", *pins)]


def keyed(graph: dict[str, Any]) -> dict[str, Any]:
    """Nodes by id, and edges by their ends, instead of lists."""
    nodes = {node["id"]: keyed_node(node) for node in graph["nodes"]}
    edges = {edge_name(edge): edge for edge in graph["edges"]}
    return {**graph, "nodes": nodes, "edges": edges}


def keyed_node(node: dict[str, Any]) -> dict[str, Any]:
    return {**node, "body": keyed(node["body"])} if "body" in node else node


def edge_name(edge: dict[str, Any]) -> str:
    case = f" [{edge['case']}]" if edge.get("case") else ""
    return f"{edge['source']} -> {edge['target']}{case}"


def changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before is ABSENT:
        yield Change(path, "added", after=after)
    elif after is ABSENT:
        yield Change(path, "removed", before=before)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            where = f"{path}.{key}" if path else key
            yield from changes(where, before.get(key, ABSENT), after.get(key, ABSENT))
    elif text(before) != text(after):
        yield Change(path, "changed", before, after)


def text(value: Any) -> str:
    """Python takes 1, 1.0 and true for equal; JSON does not."""
    return json.dumps(value, sort_keys=True)
