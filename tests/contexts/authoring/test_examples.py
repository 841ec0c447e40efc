"""The examples in docs/ are sound, by their schema and by all rules."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from contexts.authoring.dag import problems
from contexts.authoring.facts import AuthoringFacts
from contexts.json_schemas import problems as misfits
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.definition_schema import definition_schema
from schemas.authoring.tools import ToolDefinition
from tests.architecture.tree import ROOT
from tests.support.builders import MODEL

FILES = sorted((ROOT / "docs" / "examples").glob("*.json"))
TOOLS = TypeAdapter(dict[str, ToolDefinition])


def read(file: Path) -> Any:
    return json.loads(file.read_text().replace("$WORLD", "http://directory.example"))


def test_there_are_examples() -> None:
    assert len(FILES) >= 5


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_has_no_problems(file: Path) -> None:
    example = read(file)
    facts = AuthoringFacts(frozenset({MODEL}), TOOLS.validate_python(example.get("tools", {})))
    assert problems(WorkflowDefinition.model_validate(example["workflow"]), facts) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_fits_the_schema(file: Path) -> None:
    assert misfits(definition_schema(), read(file)["workflow"]) == []


def test_the_schema_refuses_what_is_no_definition() -> None:
    workflow = read(FILES[0])["workflow"]
    assert misfits(definition_schema(), {**workflow, "nodes": [{"type": "spoon", "id": "a"}]})
    assert misfits(definition_schema(), {**workflow, "surprise": 1})
