import time
from typing import Any

import pytest

from contexts.json_schemas import MAX_MESSAGE, MAX_PROBLEMS, problems, schema_problems

PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "ages": {"type": "array", "items": {"type": "integer"}}},
    "required": ["name"],
}


def test_a_value_that_fits_has_no_problems() -> None:
    assert problems(PERSON, {"name": "Ada", "ages": [36]}) == []


def test_every_misfit_is_told_with_its_place() -> None:
    found = problems(PERSON, {"ages": [1, "two"]})
    assert {path for path, _ in found} == {"ages.1", ""}
    assert any("name" in message for _, message in found)


def test_problems_are_bounded_in_number_and_length() -> None:
    found = problems(PERSON, {"name": "x", "ages": ["long " * 1_000] * 100})
    assert len(found) == MAX_PROBLEMS
    assert all(len(message) <= MAX_MESSAGE for _, message in found)


def test_no_pattern_runs_for_long() -> None:
    began = time.process_time()
    assert problems({"type": "string", "pattern": "^(a+)+$"}, "a" * 50_000 + "!")
    assert time.process_time() - began < 2


def nested(depth: int) -> dict[str, Any]:
    return {"type": "array", "items": nested(depth - 1)} if depth else {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "nope"}, "not valid"),
        ({"$ref": "https://example.com/person.json"}, "only references inside"),
        ({"properties": {"a": {"$dynamicRef": "file:///etc/passwd"}}}, "only references inside"),
        ({"$ref": "#person"}, "only references inside"),
        ({"properties": {"a": {"$id": "other", "$ref": "#/x"}}}, "only references inside"),
        ({"type": "string", "pattern": "("}, "regex"),
        ({"description": "x" * 20_000}, "are allowed"),
        (nested(30), "deep"),
        ({"$ref": "#/nowhere"}, "nowhere"),
    ],
)
def test_what_is_no_schema_is_told(schema: dict[str, Any], message: str) -> None:
    found = schema_problems(schema)
    assert found and message in " ".join(found[0])


def test_a_schema_may_refer_to_itself() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#"}}, "additionalProperties": False}
    assert schema_problems(tree) == []
    assert problems(tree, {"left": {"left": {}}}) == []
    assert problems(tree, {"left": {"right": {}}})


def ladder(rungs: int) -> dict[str, Any]:
    """Each rung asks for the next one twice."""
    twice = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(rungs)}
    return {"$defs": {**twice, f"d{rungs}": {"type": "integer"}}, "$ref": "#/$defs/d0"}


def deep(levels: int) -> Any:
    return {"x": deep(levels - 1)} if levels else 1


def forked(name: str) -> dict[str, Any]:
    again = {"$ref": name}
    return {"allOf": [{"properties": {"x": again}}, {"additionalProperties": again}]}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (ladder(40), 1),
        (ladder(40), "x"),
        (forked("#"), deep(60)),
        ({"$defs": {"f": forked("#/$defs/f")}, "items": {"$ref": "#/$defs/f"}}, [deep(60)]),
    ],
)
def test_no_reference_makes_work_without_end(schema: dict[str, Any], value: Any) -> None:
    assert schema_problems(schema) == []
    [(_, message)] = problems(schema, value)
    assert "too much work" in message


def test_what_a_generator_of_schemas_writes_is_followed() -> None:
    line = {"type": "object", "properties": {"sku": {"type": "string"}, "of": {"$ref": "#/$defs/Line"}}}
    order = {
        "$defs": {"Line": line},
        "properties": {"lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}}},
    }
    assert schema_problems(order) == []
    lines = [{"sku": "a", "of": {"sku": "b"}}] * 5_000
    assert problems(order, {"lines": lines}) == []
    assert problems(order, {"lines": [*lines, {"sku": "a", "of": {"sku": 1}}]})[0][0] == "lines.5000.of.sku"
