"""The guide of workflows knows every node type, shows what is in the examples, and has the code's numbers."""

import re
from pathlib import Path
from typing import get_args

import pytest

from api import hooks
from contexts import json_schemas, templates
from contexts.authoring import dag, levels
from contexts.execution import agents, begin, calls, inputs, problems, signals
from infra import outbound
from schemas.authoring import nodes

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "guide-workflows.md").read_text()
SNIPPETS = re.findall(r"<!-- from (\S+) -->\n```json\n(.*?)```", GUIDE, re.DOTALL)
KIB = 1024
LIMITS = {
    "a definition as JSON": f"{dag.MAX_BYTES // KIB} KiB",
    "nodes; in a body": f"{nodes.MAX_NODES}; 100",
    "maps and loops inside each other": str(levels.MAX_DEPTH),
    "inputs of a run": f"{inputs.MAX_INPUT_BYTES // KIB} KiB",
    "a text that is filled in, a value that is computed": f"{templates.MAX_RENDERED_BYTES // KIB} KiB",
    "an output of a step": f"{problems.MAX_OUTPUT_BYTES // KIB // KIB} MiB",
    "a conversation with a model": f"{calls.MAX_CONVERSATION_BYTES // KIB} KiB",
    "a JSON Schema": f"{json_schemas.MAX_BYTES // KIB} KiB",
    "rounds of an agent; tools it asks for in one": f"50; {agents.MAX_USES}",
    "subworkflows inside each other": str(begin.MAX_DEPTH),
    "events of one run": f"{begin.MAX_LENGTH:,}",
    "events from outside that wait to be taken": str(signals.MAX_KEPT),
    "an answer of an HTTP tool": f"{outbound.MAX_RESPONSE_BYTES // KIB} KiB",
    "a webhook's body": f"{hooks.MAX_BYTES // KIB} KiB",
}


def rows(section: str) -> dict[str, str]:
    """First and second column of the section's table."""
    text = GUIDE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {cells[0].strip(): cells[1].strip() for cells in lines[1:]}


def test_every_node_type_is_in_the_table() -> None:
    (union, _) = get_args(nodes.Node)
    types = {kind.model_fields["type"].annotation.__args__[0] for kind in get_args(union)}
    assert set(rows("Nodes")) == {f"`{type_}`" for type_ in types}


@pytest.mark.parametrize(("file", "snippet"), SNIPPETS)
def test_what_is_shown_of_an_example_is_in_its_file(file: str, snippet: str) -> None:
    assert compact(snippet) in compact((DOCS / file).read_text())


def test_every_example_is_shown() -> None:
    shown = {file for file, _ in SNIPPETS}
    assert shown == {f"examples/{file.name}" for file in (DOCS / "examples").glob("*.json")}


@pytest.mark.parametrize("what", LIMITS)
def test_limits_are_the_codes(what: str) -> None:
    assert rows("Limits")[what] == LIMITS[what]


def compact(text: str) -> str:
    return "".join(text.split())
