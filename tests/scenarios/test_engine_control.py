"""What is done to a run as a whole: paused, ended, started twice, forked."""

from uuid import UUID

import pytest

from contexts.execution import begin as beginning
from contexts.execution.registry import REGISTRY
from schemas.authoring.definition import Source
from schemas.authoring.parts import InputSpec
from schemas.execution import commands as c
from schemas.execution import events as e
from schemas.execution.types import ForkRef, QueueReason
from schemas.tenancy.commands import ReinstateTenant, SuspendTenant
from tests.support.builders import MODEL, NOW, TENANT_ID, llm, noop, partner_admin, workflow
from tests.support.engine import Engine
from tests.support.llm_script import Behaviour
from tests.support.nodes import body, loop, wait
from tests.support.runs import SOURCE, pinned
from tests.support.spec import Spec
from tests.support.story import LONG, RUN, RUN_ID, accept, ends, tenant_admin

FORK_ID = UUID(int=101)
FORK = f"execution-{FORK_ID}"
TWO = workflow(
    llm("first", prompt="{{ inputs.topic }}"),
    llm("second", prompt="{{ steps.first.output }}"),
    edges=[("first", "second")],
    inputs={"topic": InputSpec(default="tea")},
    output="{{ steps.second.output }}",
)


def do(engine: Engine, command: c.PauseExecution | c.ResumeExecution | c.CancelExecution) -> None:
    accept(engine.submit(command, as_=tenant_admin()))
    engine.run()


def test_a_paused_run_keeps_what_is_under_way_and_begins_nothing(engine: Engine) -> None:
    engine.down.add("effects-execution")
    engine.begin(TWO)
    do(engine, c.PauseExecution(execution_id=RUN_ID))
    engine.down.clear()
    engine.advance(LONG / 4)
    assert engine.state(RUN).status == "paused"
    assert len(engine.chat.calls) == 1
    do(engine, c.ResumeExecution(execution_id=RUN_ID))
    assert engine.output() == "ok: ok: tea"
    assert len(engine.chat.calls) == 2


def test_a_wait_that_ends_in_a_pause_has_ended_when_the_run_goes_on(engine: Engine) -> None:
    engine.begin(workflow(wait(seconds=60), noop("after"), edges=[("wait", "after")]))
    do(engine, c.PauseExecution(execution_id=RUN_ID))
    engine.advance(600)
    assert engine.state(RUN).status == "paused"
    do(engine, c.ResumeExecution(execution_id=RUN_ID))
    assert isinstance(engine.end(), e.ExecutionSucceeded)


def test_a_suspended_tenants_run_stops_within_one_step_and_goes_on_later(engine: Engine) -> None:
    engine.down.add("effects-execution")
    engine.begin(TWO)
    accept(engine.submit(SuspendTenant(tenant_id=TENANT_ID, reason="unpaid"), as_=partner_admin()))
    engine.down.clear()
    engine.run()
    assert engine.state(RUN).status == "paused"
    assert len(engine.chat.calls) == 1
    accept(engine.submit(ReinstateTenant(tenant_id=TENANT_ID, reason="paid"), as_=partner_admin()))
    do(engine, c.ResumeExecution(execution_id=RUN_ID))
    assert engine.output() == "ok: ok: tea"


def test_a_cancel_ends_a_run_with_a_call_under_way_and_its_hold_goes(engine: Engine) -> None:
    engine.down.add("effects-execution")
    engine.begin(TWO)
    assert engine.held > 0
    do(engine, c.CancelExecution(execution_id=RUN_ID, reason="enough"))
    cancelled = engine.events(RUN)
    assert isinstance(cancelled[-1], e.ExecutionCancelled)
    assert [call.node for call in cancelled[-1].open_calls] == ["first"]
    engine.down.clear()
    engine.advance(LONG)
    assert engine.events(RUN) == cancelled
    assert engine.held == 0


def test_an_operator_ends_a_run_whatever_is_the_matter(engine: Engine) -> None:
    engine.down |= {"effects-execution", "policies-billing"}
    engine.begin(TWO)
    operator = tenant_admin().model_copy(update={"kind": "operator"})
    accept(engine.submit(c.TerminateExecution(execution_id=RUN_ID, reason="stuck"), as_=operator))
    end = engine.end()
    assert isinstance(end, e.ExecutionCancelled) and end.forced


def test_a_run_is_started_once(engine: Engine) -> None:
    engine.begin(TWO)
    again = engine.submit(engine.starting(), as_=tenant_admin())
    assert again.refusal and again.refusal.code == "execution.exists"
    assert len(engine.chat.calls) == 2


def test_a_run_ends_at_its_deadline(engine: Engine) -> None:
    engine.begin(workflow(wait(seconds=900), timeout_seconds=600))
    engine.advance(700)
    assert engine.failure() == "execution.deadline_passed"


def test_a_run_has_so_many_events_and_no_more(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "MAX_LENGTH", 50)
    engine.begin(workflow(loop("again", body(noop("work")), "false", max_iterations=100)))
    assert engine.failure() == "execution.history_too_long"
    assert len(engine.events(RUN)) < 60


def source(engine: Engine) -> Source:
    found: Source = engine.state(RUN).source
    return found


def fork(engine: Engine, **changes: object) -> None:
    ref = ForkRef(execution_id=RUN_ID, **changes.pop("fork"))  # type: ignore[arg-type]
    command = c.ForkExecution(execution_id=FORK_ID, fork=ref, source=source(engine), **changes)
    accept(engine.submit(command, as_=tenant_admin()))
    engine.run()


def test_a_fork_pays_only_for_what_it_does_anew(engine: Engine) -> None:
    engine.begin(TWO)
    engine.chat.script(MODEL, Behaviour(text="anew"))
    fork(engine, fork={"from_node": "second"})
    end = engine.end(FORK)
    assert isinstance(end, e.ExecutionSucceeded) and end.output == "anew"
    assert len(engine.chat.calls) == 3
    [reused] = [done for done in engine.all(e.StepSucceeded, FORK) if done.reused_from]
    assert (reused.node, reused.output, reused.reused_from) == ("first", "ok: tea", RUN_ID)
    assert 0 < end.spent < engine.state(RUN).spent
    assert ends(engine) == [(1, "call_settled")] * 3


def test_a_fork_with_other_inputs_does_all_after_its_step_anew(engine: Engine) -> None:
    engine.begin(TWO)
    fork(engine, fork={"from_node": "first"}, inputs={"topic": "coffee"})
    end = engine.end(FORK)
    assert isinstance(end, e.ExecutionSucceeded) and end.output == "ok: ok: coffee"


def test_a_fork_keeps_the_ceiling_of_its_run(engine: Engine) -> None:
    engine.begin(TWO, max_cost="0.5")
    fork(engine, fork={"from_node": "second"})
    assert engine.state(FORK).max_cost == engine.state(RUN).max_cost


def test_a_run_that_goes_on_is_not_forked(engine: Engine) -> None:
    engine.begin(workflow(wait(seconds=60)))
    ref = ForkRef(execution_id=RUN_ID)
    command = c.ForkExecution(execution_id=FORK_ID, fork=ref, source=source(engine))
    refused = engine.submit(command, as_=tenant_admin())
    assert refused.refusal and refused.refusal.code == "execution.not_ended"


def test_an_event_that_comes_while_a_run_is_queued_is_kept_for_it() -> None:
    definition = workflow(wait(event="paid"), output="{{ steps.wait.output }}")
    queued = e.ExecutionQueued(
        execution_id=RUN_ID,
        source=SOURCE,
        inputs={},
        deadline=NOW,
        priority=5,
        weight=1,
        reason=QueueReason(scope="tenant", limit=1, running=1),
    )
    paid = e.SignalReceived(execution_id=RUN_ID, name="paid", payload=7, by="user:owner")
    begin = c.BeginExecution(execution_id=RUN_ID)
    outcome = Spec(REGISTRY).given(queued, paid).knowing(pinned(definition)).when(begin)
    assert isinstance(outcome.events[-1], e.ExecutionSucceeded) and outcome.events[-1].output == 7
