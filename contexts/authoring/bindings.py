"""Do all templates of a workflow refer to something that has a value by the time they are rendered?"""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from contexts.graph import parents_of, reachable
from contexts.templates import MalformedTemplate, Reference, references
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import LlmNode, Node, TemplateNode
from schemas.envelope import Problem


@dataclass(frozen=True, slots=True)
class Site:
    """A template in its place. `node` is None for the workflow's output, rendered when all has ended."""

    path: str
    node: str | None
    template: str


def binding_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    steps = {node.id for node in definition.nodes}
    parents = parents_of([(edge.source, edge.target) for edge in definition.edges])
    for site in sites(definition):
        try:
            found = references(site.template)
        except MalformedTemplate as error:
            yield problem(site, "authoring.malformed_template", str(error))
            continue
        bound = steps if site.node is None else reachable(parents, site.node) - {site.node}
        for reference in dict.fromkeys(found):
            yield from reference_problems(site, reference, definition.inputs.keys(), steps, bound)


def sites(definition: WorkflowDefinition) -> Iterator[Site]:
    for index, node in enumerate(definition.nodes):
        for field, template in templates(node):
            yield Site(f"nodes.{index}.{field}", node.id, template)
    yield Site("output", None, definition.output)


def templates(node: Node) -> tuple[tuple[str, str], ...]:
    match node:
        case TemplateNode():
            return (("template", node.template),)
        case LlmNode():
            return (("system", node.system), ("prompt", node.prompt))
    return ()


def reference_problems(
    site: Site, reference: Reference, inputs: Set[str], steps: Set[str], bound: Set[str]
) -> Iterator[Problem]:
    name = reference.name
    if reference.root == "inputs":
        if name not in inputs:
            yield problem(site, "authoring.undeclared_input", f"there is no input {name!r}")
    elif name not in steps:
        yield problem(site, "authoring.unknown_step", f"there is no step {name!r}")
    elif name not in bound:
        message = f"step {name!r} need not have ended before {site.node!r}: no path of edges leads here"
        yield problem(site, "authoring.unbound_step", message)


def problem(site: Site, code: str, message: str) -> Problem:
    return Problem(code=code, message=message, path=site.path, node=site.node)
