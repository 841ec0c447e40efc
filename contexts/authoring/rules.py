"""What must hold within one node: choices of which exactly one is made, schemas that are schemas, limits."""

from collections.abc import Iterator

from contexts.authoring.levels import Level
from contexts.json_schemas import schema_problems
from schemas.authoring import nodes as n
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import JsonSchema
from schemas.envelope import Problem

Rule = tuple[str, str, str]
"""Code, field, message."""


def rule_problems(level: Level) -> Iterator[Problem]:
    for index, node in enumerate(level.graph.nodes):
        path = f"{level.path}nodes.{index}"
        for code, field, message in rules_broken(node):
            where = f"{path}.{field}" if field else path
            yield Problem(code=code, message=message, path=where, node=node.id)
        for field, schema in schemas_of(node):
            yield from unfit_schema(schema, f"{path}.{field}", node.id)


def rules_broken(node: n.Node) -> Iterator[Rule]:
    match node:
        case n.WaitNode():
            if sum(value is not None for value in (node.seconds, node.until, node.event)) != 1:
                yield "authoring.choose_one", "", "give exactly one of seconds, until and event"
        case n.AgentNode():
            if (node.agent is None) == (node.definition is None):
                yield "authoring.choose_one", "", "give either agent or definition"
        case n.ApprovalNode():
            yield from escalation_rules(node)
        case n.MapNode() if node.max_failures > node.max_items:
            yield "authoring.too_many_failures", "max_failures", "more failures than items are allowed"
        case n.BranchNode():
            names = [case.name for case in node.cases]
            if len({*names, node.otherwise}) <= len(names):
                yield (
                    "authoring.duplicate_case",
                    "cases",
                    "every case needs a name of its own, otherwise too",
                )


def escalation_rules(node: n.ApprovalNode) -> Iterator[Rule]:
    if (node.escalate_after_seconds is None) != (not node.escalate_to):
        yield "authoring.choose_both", "escalate_to", "escalation needs both a time and somebody to turn to"
    elif node.escalate_after_seconds is not None and node.escalate_after_seconds >= node.deadline_seconds:
        yield "authoring.too_late", "escalate_after_seconds", "the deadline comes before the escalation"


def schemas_of(node: n.Node) -> Iterator[tuple[str, JsonSchema]]:
    match node:
        case n.LlmNode() if node.output_schema:
            yield "output_schema", node.output_schema
        case n.AgentNode() if node.definition and node.definition.output_schema:
            yield "definition.output_schema", node.definition.output_schema
        case n.ApprovalNode() if node.form:
            yield "form", node.form


def workflow_schema_problems(definition: WorkflowDefinition) -> Iterator[Problem]:
    for name, spec in definition.inputs.items():
        if spec.json_schema:
            yield from unfit_schema(spec.json_schema, f"inputs.{name}.json_schema", None)
    if definition.output_schema:
        yield from unfit_schema(definition.output_schema, "output_schema", None)


def unfit_schema(schema: JsonSchema, path: str, node: str | None) -> Iterator[Problem]:
    for where, message in schema_problems(schema):
        place = f"{path}.{where}" if where else path
        yield Problem(code="authoring.malformed_schema", message=message, path=place, node=node)
