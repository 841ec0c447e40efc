from typing import Any, get_args

import pytest

from contexts.json_types import fits
from schemas.authoring.parts import InputType

CASES: list[tuple[Any, set[str]]] = [
    (True, {"boolean"}),
    (1, {"integer", "number"}),
    (1.0, {"integer", "number"}),
    (1.5, {"number"}),
    ("1", {"string"}),
    ({}, {"object"}),
    ([], {"array"}),
    (None, set()),
]


@pytest.mark.parametrize(("value", "kinds"), CASES)
def test_a_value_has_the_types_json_schema_says(value: Any, kinds: set[str]) -> None:
    assert {kind for kind in get_args(InputType) if fits(kind, value)} == kinds
