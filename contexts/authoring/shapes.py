"""What is known of a value before there is one: enough to see that a key cannot be in it."""

from dataclasses import dataclass
from typing import Any

from schemas.authoring import nodes as n
from schemas.authoring.parts import InputSpec, JsonSchema


@dataclass(frozen=True, slots=True)
class Shape:
    """`keys` None: whatever they are called. A list's keys are numbers."""

    name: str
    keys: frozenset[str] | None = None

    def has(self, key: str) -> bool:
        if self.name == "a list":
            return key.isdecimal()
        return self.keys is None or key in self.keys


ANYTHING = Shape("anything")
NOTHING_INSIDE: frozenset[str] = frozenset()
TEXT = Shape("text", NOTHING_INSIDE)
LIST = Shape("a list")
OF_TYPE = {
    "string": TEXT,
    "number": Shape("a number", NOTHING_INSIDE),
    "integer": Shape("a number", NOTHING_INSIDE),
    "boolean": Shape("true or false", NOTHING_INSIDE),
    "null": Shape("null", NOTHING_INSIDE),
    "array": LIST,
}


def shape_of_input(spec: InputSpec) -> Shape:
    return shape_of_schema({"type": spec.type, **(spec.json_schema or {})})


def shape_of_output(node: n.Node) -> Shape:
    match node:
        case n.TemplateNode() | n.BranchNode():
            return TEXT
        case n.LlmNode():
            return shape_of_schema(node.output_schema) if node.output_schema else TEXT
        case n.AgentNode() if node.definition:
            schema = node.definition.output_schema
            return shape_of_schema(schema) if schema else TEXT
        case n.MapNode():
            return ANYTHING if node.reduce else LIST
        case n.ApprovalNode():
            return Shape("an answer", frozenset({"approved", "data", "by"}))
    return ANYTHING


def shape_of_schema(schema: JsonSchema) -> Shape:
    kind: Any = schema.get("type")
    if isinstance(kind, str) and kind in OF_TYPE:
        return OF_TYPE[kind]
    closed = kind == "object" and schema.get("additionalProperties") is False and "properties" in schema
    return Shape("an object", frozenset(schema["properties"])) if closed else ANYTHING
