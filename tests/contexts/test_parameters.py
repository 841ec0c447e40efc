from typing import Any

import pytest

from contexts.parameters import schema_problems, value_problems

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "enum": ["Bern", "Basel"]},
        "days": {"type": ["integer", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object", "required": ["lat"], "properties": {"lat": {"type": "number"}}},
        "never": False,
    },
    "required": ["city"],
    "additionalProperties": False,
}


def test_a_sound_schema_has_no_problems() -> None:
    assert schema_problems(SCHEMA) == []
    assert schema_problems({"type": "object"}) == []


@pytest.mark.parametrize(
    "schema",
    [
        [],
        {},
        {"type": "array"},
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"a": 1}},
        {"type": "object", "properties": {"a": {"type": "text"}}},
        {"type": "object", "properties": {"a": {"type": "array", "items": "string"}}},
        {"type": "object", "properties": {"a": {"enum": "x"}}},
        {"type": "object", "required": "city"},
        {"type": "object", "required": [1]},
    ],
)
def test_what_is_no_schema_is_told(schema: Any) -> None:
    assert len(schema_problems(schema)) == 1


def test_schemas_are_nested_to_a_bound() -> None:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(30):
        schema = {"type": "object", "properties": {"a": schema}}
    assert len(schema_problems(schema)) == 1


def test_arguments_that_fit_have_no_problems() -> None:
    fitting = {"city": "Bern", "days": None, "tags": ["a"], "place": {"lat": 1, "more": 2}}
    assert value_problems(SCHEMA, fitting) == []


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({}, "city"),
        ({"city": "Rome"}, "city"),
        ({"city": 7}, "city"),
        ({"city": "Bern", "days": 1.5}, "days"),
        ({"city": "Bern", "days": True}, "days"),
        ({"city": "Bern", "tags": ["a", 1]}, "tags[1]"),
        ({"city": "Bern", "place": {}}, "place.lat"),
        ({"city": "Bern", "never": 1}, "never"),
        ({"city": "Bern", "other": 1}, "other"),
        ([], "the arguments"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(arguments: Any, place: str) -> None:
    (problem,) = value_problems(SCHEMA, arguments)
    assert problem.startswith(f"{place}: ")
