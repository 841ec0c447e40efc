"""Everything that is wrong with a workflow definition, found at once. No problems: it can run."""

from collections.abc import Iterator

from contexts.authoring.bindings import binding_problems
from contexts.authoring.borrowed import borrowed_problems
from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.known import unknown_problems
from contexts.authoring.levels import levels
from contexts.authoring.pins import pin_problems
from contexts.authoring.rules import rule_problems, workflow_schema_problems
from contexts.authoring.wiring_problems import (
    cycle_problems,
    depth_problems,
    edge_problems,
    node_problems,
    unreachable_problems,
)
from contexts.hashes import canonical_json
from contexts.json_schemas import problems as misfits
from contexts.json_schemas import schema_problems
from contexts.json_types import fits
from schemas.authoring.definition import WorkflowDefinition
from schemas.envelope import Problem

MAX_BYTES = 64 * 1024


def problems(definition: WorkflowDefinition, facts: AuthoringFacts) -> list[Problem]:
    found = [*size_problems(definition), *default_problems(definition), *workflow_schema_problems(definition)]
    all_levels = list(levels(definition))
    found += node_problems(all_levels)
    for level in all_levels:
        found += depth_problems(level)
        found += borrowed_problems(level, definition, all_levels, facts)
        found += rule_problems(level)
        found += unknown_problems(level, facts)
        found += edge_problems(level)
        found += cycle_problems(level)
        found += unreachable_problems(level)
    found += pin_problems(definition, all_levels, facts)
    return [*found, *binding_problems(definition, all_levels)]


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
        elif spec.default is not None and spec.json_schema and not schema_problems(spec.json_schema):
            for where, message in misfits(spec.json_schema, spec.default):
                path = f"inputs.{name}.default.{where}".rstrip(".")
                yield Problem(code="authoring.default_type", message=message, path=path)
