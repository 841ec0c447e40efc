"""Agents: rounds with tools, people who say no, outcomes nobody knows."""

import json

from schemas.execution import events as e
from schemas.execution.commands import AnswerApproval
from tests.support.builders import MODEL, workflow
from tests.support.engine import Engine
from tests.support.llm_script import Behaviour
from tests.support.nodes import helper
from tests.support.story import RUN, RUN_ID, accept, tenant_admin

LOOK_UP = Behaviour(tool_calls=(("lookup", '{"q": "tea"}'),))
ANSWER = "{{ steps.helper.output }}"


def answer(engine: Engine, node: str, approved: bool, **data: object) -> None:
    command = AnswerApproval(execution_id=RUN_ID, node=node, approved=approved, data=data)
    accept(engine.submit(command, as_=tenant_admin()))
    engine.run()


def test_an_agent_uses_tools_round_after_round(engine: Engine) -> None:
    engine.chat.script(MODEL, LOOK_UP, LOOK_UP, Behaviour(text="Green."))
    engine.begin(workflow(helper(), output=ANSWER))
    assert engine.output() == "Green."
    roles = [[message.role for message in call.messages] for call in engine.chat.calls]
    round_ = ["assistant", "tool"]
    assert roles == [["system", "user"], ["system", "user", *round_], ["system", "user", *round_, *round_]]
    assert json.loads(engine.chat.calls[-1].messages[-1].content) == {"q": "tea"}


def test_a_model_is_told_when_a_person_refuses_its_tool(engine: Engine) -> None:
    engine.chat.script(MODEL, LOOK_UP, Behaviour(text="Then not."))
    engine.begin(workflow(helper(guarded=True), output=ANSWER))
    assert engine.state(RUN).parked
    answer(engine, "helper[1].lookup_0", approved=False)
    assert engine.output() == "Then not."
    assert "execution.refused_by_person" in engine.chat.calls[-1].messages[-1].content
    assert engine.all(e.ToolRequested) == []


def test_a_tool_is_used_once_when_a_person_agrees(engine: Engine) -> None:
    engine.chat.script(MODEL, LOOK_UP, Behaviour(text="Green."))
    engine.begin(workflow(helper(guarded=True), output=ANSWER))
    answer(engine, "helper[1].lookup_0", approved=True)
    assert engine.output() == "Green."
    assert len(engine.all(e.ToolRequested)) == 1


def test_a_tool_the_agent_does_not_have_is_told_so(engine: Engine) -> None:
    engine.chat.script(MODEL, Behaviour(tool_calls=(("rm", "{}"),)), Behaviour(text="Sorry."))
    engine.begin(workflow(helper(), output=ANSWER))
    assert engine.output() == "Sorry."
    assert "execution.unknown_tool" in engine.chat.calls[-1].messages[-1].content


def test_an_agent_that_never_answers_is_stopped(engine: Engine) -> None:
    engine.chat.script(MODEL, LOOK_UP)
    engine.begin(workflow(helper(max_rounds=3)))
    assert engine.failure() == "execution.too_many_rounds"
    assert len(engine.chat.calls) == 3


def test_what_a_person_supplies_for_a_lost_round_is_the_agents_answer(engine: Engine) -> None:
    engine.chat.kill_next = 1
    engine.begin(workflow(helper(when_unknown="ask"), output=ANSWER))
    answer(engine, "helper[1]", approved=False, output="White.")
    assert engine.output() == "White."
    assert len(engine.chat.calls) == 1


def test_a_lost_round_is_done_again_when_a_person_says_so(engine: Engine) -> None:
    engine.chat.kill_next = 1
    engine.chat.script(MODEL, Behaviour(text="Green."))
    engine.begin(workflow(helper(when_unknown="ask"), output=ANSWER))
    answer(engine, "helper[1]", approved=True)
    assert engine.output() == "Green."
    assert len(engine.chat.calls) == 2
