"""Approvals and waits: days pass, and nothing before them is done again."""

from typing import Any

from schemas.envelope import Actor, Answer
from schemas.execution import events as e
from schemas.execution.commands import AnswerApproval, DeliverSignal
from tests.support.builders import llm, workflow
from tests.support.engine import Engine
from tests.support.nodes import approval, wait
from tests.support.story import RUN, RUN_ID, accept, tenant_admin

DAY = 86_400.0
FORM = {"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]}


def user(name: str) -> Actor:
    return tenant_admin().model_copy(update={"id": name})


def answer(engine: Engine, approved: bool = True, by: str = "owner", **data: Any) -> Answer:
    command = AnswerApproval(execution_id=RUN_ID, node="ask", approved=approved, data=data)
    answered = engine.submit(command, as_=user(by))
    engine.run()
    return answered


def signal(engine: Engine, payload: Any = None, name: str = "paid") -> Answer:
    return engine.submit(DeliverSignal(execution_id=RUN_ID, name=name, payload=payload), as_=tenant_admin())


def code(answered: Answer) -> str | None:
    return answered.refusal.code if answered.refusal else None


def test_an_answer_after_days_finds_all_done_before_it_as_it_was(engine: Engine) -> None:
    nodes = (llm("before"), approval(), llm("after"))
    engine.begin(
        workflow(*nodes, edges=[("before", "ask"), ("ask", "after")], output="{{ steps.ask.output }}")
    )
    assert engine.state(RUN).parked
    engine.advance(6 * DAY)
    assert len(engine.chat.calls) == 1
    accept(answer(engine, note="fine"))
    assert engine.output() == {"approved": True, "data": {"note": "fine"}, "by": "user:owner"}
    assert len(engine.chat.calls) == 2


def test_a_refusal_is_an_answer(engine: Engine) -> None:
    engine.begin(workflow(approval(), output="{{ steps.ask.output }}"))
    accept(answer(engine, approved=False))
    assert engine.output()["approved"] is False


def test_the_deadline_answers_as_the_node_says() -> None:
    ends: dict[str, bool | None] = {"approve": True, "reject": False, "fail": None}
    for on_deadline, approved in ends.items():
        engine = Engine()
        asked = approval(deadline_seconds=DAY, on_deadline=on_deadline)
        engine.begin(workflow(asked, output="{{ steps.ask.output }}"))
        engine.advance(DAY + 60)
        if approved is None:
            assert engine.failure() == "execution.approval_expired"
        else:
            assert engine.output() == {"approved": approved, "data": {}, "by": "deadline"}


def test_only_who_is_asked_may_answer_until_it_escalates(engine: Engine) -> None:
    asked = approval(assignees=("ada",), escalate_after_seconds=DAY, escalate_to=("chief",))
    engine.begin(workflow(asked))
    assert code(answer(engine, by="chief")) == "execution.not_assigned"
    engine.advance(DAY + 60)
    assert code(answer(engine, by="eve")) == "execution.not_assigned"
    accept(answer(engine, by="chief"))
    assert isinstance(engine.end(), e.ExecutionSucceeded)


def test_where_everybody_may_answer_they_may_after_it_escalates(engine: Engine) -> None:
    engine.begin(workflow(approval(escalate_after_seconds=DAY, escalate_to=("chief",))))
    engine.advance(DAY + 60)
    assert len(engine.all(e.ApprovalEscalated)) == 1
    accept(answer(engine, by="ada"))


def test_an_answer_fits_its_form_and_comes_once(engine: Engine) -> None:
    engine.begin(workflow(approval(form=FORM)))
    assert code(answer(engine, amount="much")) == "execution.invalid_answer"
    accept(answer(engine, amount=3))
    assert code(answer(engine, amount=4)) == "execution.no_such_approval"


def test_an_event_that_comes_before_its_wait_is_kept_for_it(engine: Engine) -> None:
    engine.begin(
        workflow(approval(), wait(event="paid"), edges=[("ask", "wait")], output="{{ steps.wait.output }}")
    )
    accept(signal(engine, {"amount": 7}))
    accept(answer(engine))
    assert engine.output() == {"amount": 7}


def test_an_event_ends_its_wait_and_no_other(engine: Engine) -> None:
    engine.begin(workflow(wait(event="paid"), wait("other", event="sent"), output="{{ steps.wait.output }}"))
    accept(signal(engine, 1))
    engine.run()
    assert engine.state(RUN).parked
    accept(signal(engine, 2, "sent"))
    assert engine.output() == 1


def test_one_event_ends_one_wait(engine: Engine) -> None:
    two = workflow(wait("first", event="paid"), wait("second", event="paid"), edges=[("first", "second")])
    engine.begin(two)
    accept(signal(engine))
    engine.run()
    assert engine.state(RUN).parked
    accept(signal(engine))
    assert isinstance(engine.end(), e.ExecutionSucceeded)


def test_an_event_that_does_not_come_fails_its_wait(engine: Engine) -> None:
    engine.begin(workflow(wait(event="paid", timeout_seconds=DAY)))
    engine.advance(DAY + 60)
    assert engine.failure() == "execution.wait_timed_out"


def test_a_wait_for_a_time_ends_then(engine: Engine) -> None:
    engine.begin(workflow(wait(seconds=3 * DAY)))
    engine.advance(3 * DAY - 1)
    assert engine.state(RUN).parked
    engine.advance(60)
    assert isinstance(engine.end(), e.ExecutionSucceeded)


def test_a_time_that_has_passed_is_not_waited_for(engine: Engine) -> None:
    engine.begin(workflow(wait(until="2020-01-01T00:00:00Z")))
    assert isinstance(engine.end(), e.ExecutionSucceeded)
