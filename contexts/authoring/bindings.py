"""Do all templates and expressions refer to something that has a value by the time they are needed?"""

from collections.abc import Iterator

from contexts.authoring.levels import Level
from contexts.authoring.shapes import ANYTHING, LIST, Shape, shape_of_input, shape_of_output
from contexts.authoring.sites import Site, sites
from contexts.expressions import ExpressionError, paths
from contexts.templates import MalformedTemplate, references_in
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import Node
from schemas.envelope import Problem

Path = tuple[str, ...]
Steps = dict[str, Node]
ROOTS = frozenset({"inputs", "steps"})


def binding_problems(definition: WorkflowDefinition, all_levels: list[Level]) -> Iterator[Problem]:
    steps = steps_of(all_levels)
    for site in sites(definition, all_levels):
        yield from site_problems(site, definition, steps)


def steps_of(all_levels: list[Level]) -> Steps:
    return {node.id: node for level in all_levels for node in level.graph.nodes}


def site_problems(site: Site, definition: WorkflowDefinition, steps: Steps) -> Iterator[Problem]:
    try:
        read = paths_of(site)
    except MalformedTemplate as error:
        yield problem(site, "authoring.malformed_template", str(error))
    except ExpressionError as error:
        yield problem(site, "authoring.malformed_expression", str(error))
    else:
        for path in read:
            yield from path_problems(site, path, definition, steps)
        if site.is_list:
            yield from list_problems(site, read, definition, steps)


def paths_of(site: Site) -> list[Path]:
    """What a site reads, as paths: `("steps", "draft", "output", "title")`."""
    if site.kind == "expression":
        return sorted(paths(site.source, ROOTS | site.names))
    found = references_in(site.source)
    return list(dict.fromkeys(tuple(str(reference).split(".")) for reference in found))


def path_problems(site: Site, path: Path, definition: WorkflowDefinition, steps: Steps) -> Iterator[Problem]:
    root, *rest = path
    if root == "inputs" and rest:
        yield from input_problems(site, rest, definition)
    elif root == "steps" and rest:
        yield from step_problems(site, rest, steps)
    elif root not in ROOTS and root not in site.names:
        message = f"{root!r} is known only inside of a map or loop"
        yield problem(site, "authoring.unknown_name", message)


def input_problems(site: Site, rest: list[str], definition: WorkflowDefinition) -> Iterator[Problem]:
    name, *keys = rest
    if name not in definition.inputs:
        yield problem(site, "authoring.undeclared_input", f"there is no input {name!r}")
    else:
        yield from key_problems(site, f"input {name!r}", shape_of_input(definition.inputs[name]), keys)


def step_problems(site: Site, rest: list[str], steps: Steps) -> Iterator[Problem]:
    name, *keys = rest
    if name not in steps:
        yield problem(site, "authoring.unknown_step", f"there is no step {name!r}")
    elif name not in site.bound:
        yield problem(site, "authoring.unbound_step", unbound(name, site.node))
    elif keys and keys[0] != "output":
        yield problem(site, "authoring.unknown_field", f"of a step there is `output`, not {keys[0]!r}")
    else:
        yield from key_problems(site, f"step {name!r}", shape_of_output(steps[name]), keys[1:])


def list_problems(
    site: Site, read: list[Path], definition: WorkflowDefinition, steps: Steps
) -> Iterator[Problem]:
    """What is one input or one output and nothing else, if it is known to be no list."""
    if [".".join(path) for path in read] != [site.source.strip()]:
        return
    match read[0]:
        case ("inputs", name) if name in definition.inputs:
            shape = shape_of_input(definition.inputs[name])
        case ("steps", name, "output") if name in steps:
            shape = shape_of_output(steps[name])
        case _:
            return
    if shape not in (LIST, ANYTHING):
        yield problem(site, "authoring.wrong_type", f"{site.source.strip()} is {shape.name}, not a list")


def unbound(name: str, node: str | None) -> str:
    return f"step {name!r} need not have ended before {node!r}: no path of edges leads here"


def key_problems(site: Site, what: str, shape: Shape, keys: list[str]) -> Iterator[Problem]:
    if keys and not shape.has(keys[0]):
        yield problem(site, "authoring.wrong_type", f"{what} is {shape.name}: it has no {keys[0]!r}")


def problem(site: Site, code: str, message: str) -> Problem:
    return Problem(code=code, message=message, path=site.path, node=site.node)
