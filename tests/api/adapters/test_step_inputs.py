"""What the timeline says a step was given, told of real runs."""

import json
from typing import Any
from uuid import UUID

import pytest

from api.adapters.step_inputs import INPUTS, inputs_of
from schemas.authoring.nodes import RetrieveNode, ToolNode
from schemas.authoring.parts import InputSpec
from schemas.execution import events as e
from tests.support.builders import MODEL, http_tool, llm, text, workflow
from tests.support.engine import TOOLS, Engine
from tests.support.llm_script import Behaviour
from tests.support.nodes import CHILD_ID, approval, below, body, each, helper, loop, wait

TOPIC = {"topic": InputSpec(default="tea")}


@pytest.fixture
def engine() -> Engine:
    return Engine()


def given(engine: Engine) -> list[Any]:
    """Of all attempts of the run, in order."""
    return [
        inputs_of(event) for event in engine.events(f"execution-{UUID(int=100)}") if type(event) in INPUTS
    ]


def one(engine: Engine, node: Any, **more: Any) -> Any:
    engine.begin(workflow(node, inputs=TOPIC), **more)
    return given(engine)[0]


def test_a_call_was_given_its_messages_filled_in(engine: Engine) -> None:
    asked = one(engine, llm(system="Be brief.", prompt="About {{ inputs.topic }}."))
    assert asked == {
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "About tea."}]
    }


def test_a_tool_was_given_its_arguments(engine: Engine) -> None:
    node = ToolNode(type="tool", id="look", tool="lookup", arguments={"word": "{{ inputs.topic }}"})
    assert one(engine, node) == {"tool": "lookup", "arguments": {"word": "tea"}}


def test_an_http_tool_was_given_a_request_with_its_secrets_by_name_only(engine: Engine) -> None:
    tool = http_tool(
        method="POST",
        url="https://shop.example/{{ arguments.word }}",
        headers={"Authorization": "Bearer {{ secrets.SHOP_KEY }}"},
        body={"word": "{{ arguments.word }}"},
    )
    node = ToolNode(type="tool", id="look", tool="shop", arguments={"word": "{{ inputs.topic }}"})
    asked = one(engine, node, tools={**TOOLS, "shop": tool})
    assert asked["tool"] == "shop"
    assert (asked["request"]["url"], asked["request"]["body"]) == (
        "https://shop.example/tea",
        {"word": "tea"},
    )
    assert asked["request"]["headers"] == {"Authorization": "Bearer {{ secrets.SHOP_KEY }}"}


def test_a_search_was_given_its_query(engine: Engine) -> None:
    node = RetrieveNode(
        type="retrieve", id="find", query="about {{ inputs.topic }}", collection="menu", top_k=2
    )
    assert one(engine, node) == {"query": "about tea", "collection": "menu", "top_k": 2}


def test_a_subworkflow_was_given_its_inputs_and_has_a_run(engine: Engine) -> None:
    echo = workflow(text("said"), inputs={"word": InputSpec()})
    asked = one(engine, below(inputs={"word": "{{ inputs.topic }}"}), children={CHILD_ID: echo})
    assert asked["inputs"] == {"word": "tea"}
    assert f"execution-{asked['job_id']}" in engine.streams("execution")


def test_a_person_was_given_the_question_and_the_form(engine: Engine) -> None:
    form = {"type": "object", "properties": {"why": {"type": "string"}}}
    assert one(engine, approval(form=form, assignees=("ada",))) == {
        "message": "May it go on?",
        "form": form,
        "assignees": ["ada"],
    }


def test_what_has_insides_was_given_what_it_goes_over(engine: Engine) -> None:
    engine.begin(
        workflow(
            each("each", '["a", "b"]', body(text("x"))),
            loop("again", body(text("y")), "true", initial="first"),
            edges=[("each", "again")],
        )
    )
    assert given(engine) == [{"items": ["a", "b"]}, {"initial": "first"}]


def test_every_round_of_an_agent_was_given_all_that_was_said(engine: Engine) -> None:
    engine.chat.script(MODEL, Behaviour(tool_calls=(("lookup", '{"a": 1}'),)), Behaviour(text="done"))
    engine.begin(workflow(helper()))
    began, first, used, second = given(engine)
    assert began["messages"] == first["messages"]
    assert used == {"tool": "lookup", "arguments": {"a": 1}}
    roles = [message["role"] for message in second["messages"]]
    assert roles[-2:] == ["assistant", "tool"] and json.loads(second["messages"][-1]["content"])


def test_a_wait_was_given_what_it_waits_for(engine: Engine) -> None:
    asked = one(engine, wait(event="paid"))
    assert asked["event"] == "paid"
    assert inputs_of(e.StepSkipped(execution_id=UUID(int=1), node="x")) is None
