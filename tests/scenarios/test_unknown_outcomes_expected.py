"""What the simulator makes of work whose outcome nobody knew: only ends the node's policy allows."""

from typing import Any

import pytest

from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import LlmNode, ToolNode, WhenUnknown
from tests.support.builders import MODEL, workflow
from tests.support.workflows.acting import LOST, REFUSED
from tests.support.workflows.expected import Given, Outcome
from tests.support.workflows.simulator import expected
from tests.support.workflows.story import ONCE_TOOL, SAFE_TOOL, Mood, Story

FAILED: Outcome = (None, LOST)
REFUSED_BY_PERSON: Outcome = (None, REFUSED)
SUPPLIED: Outcome = ("supplied for A:n1", None)
SAID = "A:n1 said 1"
USED = {"status": 200, "body": {"q": "A:n1"}}


def asks_model(when_unknown: WhenUnknown) -> WorkflowDefinition:
    node = LlmNode(type="llm", id="n1", model=MODEL, prompt="A:n1", when_unknown=when_unknown)
    return workflow(node, output="{{ steps.n1.output }}")


def uses(tool: str, when_unknown: WhenUnknown | None) -> WorkflowDefinition:
    node = ToolNode(type="tool", id="n1", tool=tool, arguments={"q": "A:n1"}, when_unknown=when_unknown)
    return workflow(node, output="{{ steps.n1.output }}")


@pytest.mark.parametrize(
    ("definition", "became", "output", "error"),
    [
        (asks_model("fail"), FAILED, None, LOST),
        (asks_model("retry"), FAILED, SAID, None),
        (asks_model("ask"), FAILED, SAID, None),
        (asks_model("ask"), REFUSED_BY_PERSON, None, REFUSED),
        (asks_model("ask"), SUPPLIED, SUPPLIED[0], None),
        (asks_model("fail"), SUPPLIED, SAID, None),
        (uses(ONCE_TOOL, None), SUPPLIED, SUPPLIED[0], None),
        (uses(ONCE_TOOL, "fail"), FAILED, None, LOST),
        (uses(SAFE_TOOL, None), FAILED, USED, None),
    ],
)
def test_an_end_the_policy_does_not_allow_is_not_expected(
    definition: WorkflowDefinition, became: Outcome, output: Any, error: str | None
) -> None:
    story = Story(1, definition, {}, {"n1": Mood()}, {}, steady=True)
    wanted = expected(story, "A:", Given(unknown={"A:n1": became}))
    assert (wanted.output, wanted.errors) == (output, frozenset({error} - {None}))
