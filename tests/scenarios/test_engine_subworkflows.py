"""Runs within runs: what comes up from below, what goes down from above."""

from decimal import Decimal
from uuid import UUID

from schemas.authoring.parts import InputSpec, RetryPolicy
from schemas.execution import events as e
from schemas.execution.commands import CancelExecution, ResumeExecution
from schemas.tenancy.commands import ReinstateTenant, SuspendTenant
from tests.support.builders import MODEL, TENANT_ID, llm, partner_admin, text, workflow
from tests.support.engine import Engine
from tests.support.llm_script import Behaviour
from tests.support.nodes import CHILD_ID, below, wait
from tests.support.story import RUN, RUN_ID, accept, tenant_admin

ABOVE = workflow(below(), output="{{ steps.below.output }}")
ASKS = workflow(llm(), output="{{ steps.answer.output }}")
WAITS = workflow(wait(event="go"), output="went")


def child(engine: Engine, number: int = 0) -> str:
    return f"execution-{engine.all(e.SubworkflowRequested)[number].child_id}"


def test_a_subworkflows_output_and_cost_come_up(engine: Engine) -> None:
    engine.begin(ABOVE, {CHILD_ID: ASKS})
    assert engine.output() == "ok: Say hello."
    end, ended_below = engine.end(), engine.end(child(engine))
    assert isinstance(end, e.ExecutionSucceeded) and isinstance(ended_below, e.ExecutionSucceeded)
    assert end.spent == ended_below.spent > 0


def test_inputs_go_down(engine: Engine) -> None:
    echo = workflow(
        text("said", "<{{ inputs.word }}>"), inputs={"word": InputSpec()}, output="{{ steps.said.output }}"
    )
    engine.begin(workflow(below(inputs={"word": "tea"}), output="{{ steps.below.output }}"), {CHILD_ID: echo})
    assert engine.output() == "<tea>"


def test_wrong_inputs_below_fail_the_step_above(engine: Engine) -> None:
    wants = workflow(text("said"), inputs={"word": InputSpec()})
    engine.begin(ABOVE, {CHILD_ID: wants})
    assert engine.failure() == "execution.subworkflow_failed"


def test_a_failure_below_fails_the_step_and_may_be_tried_again(engine: Engine) -> None:
    engine.chat.script(MODEL, Behaviour(text="no"), Behaviour(status=429), Behaviour(text="fine"))
    two = workflow(
        llm("one"),
        llm("two", retry=RetryPolicy(max_attempts=1)),
        edges=[("one", "two")],
        output="{{ steps.two.output }}",
    )
    twice = below(retry=RetryPolicy(max_attempts=2))
    engine.begin(workflow(twice, output="{{ steps.below.output }}"), {CHILD_ID: two})
    engine.advance(60)
    assert engine.output() == "fine"
    spent = [engine.state(child(engine, number)).spent for number in (0, 1)]
    assert all(spent) and engine.state(RUN).spent == sum(spent, Decimal(0))


def test_a_cancel_goes_down(engine: Engine) -> None:
    engine.begin(ABOVE, {CHILD_ID: WAITS})
    accept(engine.submit(CancelExecution(execution_id=RUN_ID, reason="enough"), as_=tenant_admin()))
    engine.run()
    assert isinstance(engine.end(child(engine)), e.ExecutionCancelled)


def test_a_cancel_below_fails_the_step_above(engine: Engine) -> None:
    engine.begin(ABOVE, {CHILD_ID: WAITS})
    below_id = engine.all(e.SubworkflowRequested)[0].child_id
    accept(engine.submit(CancelExecution(execution_id=below_id, reason="enough"), as_=tenant_admin()))
    engine.run()
    assert engine.failure() == "execution.subworkflow_cancelled"


def test_a_failure_beside_it_ends_what_is_below(engine: Engine) -> None:
    engine.chat.script(MODEL, Behaviour(status=401))
    engine.begin(workflow(below(), llm()), {CHILD_ID: WAITS})
    assert engine.failure() == "provider.unauthorized"
    assert isinstance(engine.end(child(engine)), e.ExecutionCancelled)


def test_one_that_is_not_heard_of_in_time_does_not_go_on_beside_the_next(engine: Engine) -> None:
    twice = below(timeout_seconds=60, retry=RetryPolicy(max_attempts=2))
    engine.begin(workflow(twice), {CHILD_ID: WAITS})
    engine.advance(500)
    assert isinstance(engine.end(child(engine, 0)), e.ExecutionCancelled)
    engine.advance(1_000)
    assert engine.failure() == "execution.step_overdue"
    assert isinstance(engine.end(child(engine, 1)), e.ExecutionCancelled)


def test_one_that_begins_while_its_tenant_is_suspended_goes_on_later(engine: Engine) -> None:
    engine.down.add("policies-execution")
    engine.begin(ABOVE, {CHILD_ID: ASKS})
    accept(engine.submit(SuspendTenant(tenant_id=TENANT_ID, reason="unpaid"), as_=partner_admin()))
    engine.down.clear()
    engine.run()
    assert engine.state(child(engine)).status == "paused"
    accept(engine.submit(ReinstateTenant(tenant_id=TENANT_ID, reason="paid"), as_=partner_admin()))
    for run in (child(engine), RUN):
        resume = ResumeExecution(execution_id=UUID(run.removeprefix("execution-")))
        accept(engine.submit(resume, as_=tenant_admin()))
    engine.run()
    assert engine.output() == "ok: Say hello."
