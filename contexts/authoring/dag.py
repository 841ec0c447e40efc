"""Everything that is wrong with a workflow definition, found at once. No problems: it can run."""

from collections import Counter
from collections.abc import Collection, Iterator

from contexts.authoring.bindings import binding_problems
from contexts.graph import find_cycle
from contexts.hashes import canonical_json
from contexts.json_types import fits
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import LlmNode
from schemas.envelope import Problem

MAX_BYTES = 64 * 1024


def problems(definition: WorkflowDefinition, known_models: Collection[str]) -> list[Problem]:
    return [
        *size_problems(definition),
        *default_problems(definition),
        *node_problems(definition),
        *model_problems(definition, known_models),
        *edge_problems(definition),
        *cycle_problems(definition),
        *binding_problems(definition),
    ]


def size_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    size = len(canonical_json(definition))
    if size > MAX_BYTES:
        message = f"the definition has {size} bytes as JSON; {MAX_BYTES} are allowed"
        yield Problem(code="authoring.definition_too_large", message=message)


def default_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    for name, spec in definition.inputs.items():
        if spec.default is not None and not fits(spec.type, spec.default):
            message = f"the default of input {name!r} is no {spec.type}"
            yield Problem(code="authoring.default_type", message=message, path=f"inputs.{name}.default")


def node_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for index, node in enumerate(definition.nodes):
        seen[node.id] += 1
        if seen[node.id] > 1:
            message = f"another node is called {node.id!r} already"
            yield Problem(
                code="authoring.duplicate_node", message=message, path=f"nodes.{index}.id", node=node.id
            )


def model_problems(definition: WorkflowDefinition, known_models: Collection[str]) -> Iterator[Problem]:
    for index, node in enumerate(definition.nodes):
        if isinstance(node, LlmNode) and node.model not in known_models:
            message = f"there is no model {node.model!r}"
            yield Problem(
                code="authoring.unknown_model", message=message, path=f"nodes.{index}.model", node=node.id
            )


def edge_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    ids = {node.id for node in definition.nodes}
    for index, edge in enumerate(definition.edges):
        for end, node in (("source", edge.source), ("target", edge.target)):
            if node not in ids:
                message = f"there is no node {node!r}"
                path = f"edges.{index}.{end}"
                yield Problem(code="authoring.unknown_node", message=message, path=path, node=node)
        if edge.source == edge.target:
            message = f"an edge from {edge.source!r} to itself"
            yield Problem(
                code="authoring.self_edge", message=message, path=f"edges.{index}", node=edge.source
            )


def cycle_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    """Cycles that share no node, one after the other; self-edges are reported as such."""
    nodes = {node.id for node in definition.nodes}
    edges = [(edge.source, edge.target) for edge in definition.edges if edge.source != edge.target]
    while cycle := find_cycle(
        sorted(nodes), [(source, target) for source, target in edges if {source, target} <= nodes]
    ):
        message = f"a cycle: {' -> '.join((*cycle, cycle[0]))}"
        yield Problem(code="authoring.cycle", message=message, path="edges", node=cycle[0])
        nodes -= set(cycle)
