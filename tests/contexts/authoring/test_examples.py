"""The examples in docs/ are sound."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from contexts.authoring.dag import problems
from contexts.authoring.facts import AuthoringFacts
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from tests.architecture.tree import ROOT
from tests.support.builders import MODEL

FILES = sorted((ROOT / "docs" / "examples").glob("*.json"))
TOOLS = TypeAdapter(dict[str, ToolDefinition])


def read(file: Path) -> Any:
    return json.loads(file.read_text())


def test_there_are_examples() -> None:
    assert len(FILES) >= 5


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_has_no_problems(file: Path) -> None:
    example = read(file)
    facts = AuthoringFacts(frozenset({MODEL}), TOOLS.validate_python(example.get("tools", {})))
    assert problems(WorkflowDefinition.model_validate(example["workflow"]), facts) == []
