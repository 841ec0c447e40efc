from datetime import timedelta

from contexts.execution.registry import REGISTRY
from contexts.execution.starting import RUN_TIMEOUT
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import RetryPolicy
from schemas.base import Event
from schemas.execution.commands import ExpireExecution
from schemas.execution.events import ExecutionFailed, StepRetryPlanned
from schemas.execution.types import StepError
from tests.support.builders import NOW, llm, noop, text, workflow
from tests.support.runs import (
    BUSY,
    REFUSED,
    RUN_ID,
    call,
    call_completed,
    call_failed,
    complete_call,
    complete_step,
    done,
    ended,
    fail_step,
    pinned,
    requested,
    retry_step,
    scheduled,
    started,
    step_failed,
    succeeded,
)
from tests.support.spec import Given, Spec

DIAMOND = workflow(
    noop("a"),
    noop("left"),
    noop("right"),
    noop("end"),
    edges=[("a", "left"), ("a", "right"), ("left", "end"), ("right", "end")],
)
HALF = (
    started(),
    scheduled("a"),
    succeeded("a"),
    scheduled("left"),
    scheduled("right"),
    succeeded("left"),
)
TWO_CALLS = workflow(llm("a"), llm("b"))
EXPIRE = ExpireExecution(execution_id=RUN_ID)
LATE = StepError(
    code="execution.deadline_passed",
    message="The run did not end before its deadline.",
    error_class="timeout",
)


def given(definition: WorkflowDefinition, *events: Event) -> Given:
    return Spec(REGISTRY).given(*events).knowing(pinned(definition))


def test_a_diamond_waits_for_both_parents() -> None:
    given(DIAMOND, *HALF[:-1]).when(complete_step("left")).then(succeeded("left"))
    given(DIAMOND, *HALF).when(complete_step("right")).then(succeeded("right"), scheduled("end"))


def test_the_last_step_ends_the_run() -> None:
    history = (*HALF, succeeded("right"), scheduled("end"))
    given(DIAMOND, *history).when(complete_step("end")).then(succeeded("end"), done())


def test_a_result_goes_into_the_templates_that_wait_for_it() -> None:
    definition = workflow(
        llm("a"), text("b", "[{{ steps.a.output }}]"), edges=[("a", "b")], output="{{ steps.b.output }}"
    )
    given(definition, started(), requested(llm("a"))).when(complete_call("a")).then(
        call_completed("a"), succeeded("a", "hello"), succeeded("b", "[hello]"), done("[hello]")
    )


def test_a_result_nobody_waits_for_changes_nothing() -> None:
    for late in (complete_step("a"), fail_step("a"), complete_step("end"), complete_step("left", attempt=2)):
        given(DIAMOND, *HALF).when(late).nothing()


def test_a_call_is_not_completed_by_a_step_without_one() -> None:
    given(DIAMOND, *HALF).when(complete_call("right")).nothing()


def test_an_ended_run_stays_as_it_is() -> None:
    ends = (done(), ended(REFUSED, "right"))
    commands = (complete_step("right"), fail_step("right"), retry_step("right", 2), EXPIRE)
    for end in ends:
        for command in commands:
            given(DIAMOND, *HALF, end).at(NOW + RUN_TIMEOUT).when(command).nothing()


def test_nothing_can_be_told_about_a_run_that_is_not() -> None:
    for command in (complete_step("a"), complete_call("a"), fail_step("a"), retry_step("a", 2), EXPIRE):
        given(DIAMOND).when(command).refused("execution.not_found")


def test_a_passing_failure_plans_the_next_attempt() -> None:
    outcome = given(TWO_CALLS, started(), requested(llm("a")), requested(llm("b"))).when(fail_step("a"))
    failed, planned = outcome.events
    assert failed == call_failed("a")
    assert isinstance(planned, StepRetryPlanned)
    assert (planned.node, planned.attempt, planned.error) == ("a", 2, BUSY)
    assert timedelta(seconds=1) <= planned.due_at - NOW < timedelta(seconds=1.2)


def test_a_planned_attempt_begins_once() -> None:
    planned = StepRetryPlanned(execution_id=RUN_ID, node="a", attempt=2, due_at=NOW, error=BUSY)
    history = (started(), requested(llm("a")), requested(llm("b")), planned)
    given(TWO_CALLS, *history).when(retry_step("a", 2)).then(requested(llm("a"), attempt=2))
    given(TWO_CALLS, *history).when(retry_step("a", 3)).nothing()
    given(TWO_CALLS, *history, requested(llm("a"), attempt=2)).when(retry_step("a", 2)).nothing()


def test_a_late_result_of_an_earlier_attempt_changes_nothing() -> None:
    history = (started(), requested(llm("a")), requested(llm("b")), requested(llm("a"), attempt=2))
    given(TWO_CALLS, *history).when(complete_call("a", attempt=1)).nothing()


def test_a_lasting_failure_ends_the_run_and_names_the_calls_left_open() -> None:
    given(TWO_CALLS, started(), requested(llm("a")), requested(llm("b"))).when(fail_step("a", REFUSED)).then(
        call_failed("a", REFUSED), step_failed("a", REFUSED), ended(REFUSED, "a", call("b"))
    )


def test_the_last_attempts_failure_ends_the_run() -> None:
    once = workflow(llm("a", retry=RetryPolicy(max_attempts=1)))
    given(once, started(), requested(llm("a"))).when(fail_step("a")).then(
        call_failed("a"), step_failed("a", BUSY), ended(BUSY, "a")
    )


def test_a_template_that_fails_begins_nothing_and_names_the_calls_left_open() -> None:
    definition = workflow(
        llm("a"),
        llm("b"),
        llm("c"),
        text("t", "{{ steps.a.output.deep }}"),
        edges=[("a", "c"), ("a", "t")],
    )
    outcome = given(definition, started(), requested(llm("a")), requested(llm("b"))).when(complete_call("a"))
    assert outcome.events[:2] == (call_completed("a"), succeeded("a", "hello"))
    last = outcome.events[-1]
    assert isinstance(last, ExecutionFailed)
    assert (last.node, last.open_calls) == ("t", (call("b"),))
    assert len(outcome.events) == 4


def test_a_run_ends_at_its_deadline_and_not_before() -> None:
    history = (started(), requested(llm("a")), requested(llm("b")))
    at_deadline = NOW + RUN_TIMEOUT
    given(TWO_CALLS, *history).at(at_deadline - timedelta(microseconds=1)).when(EXPIRE).nothing()
    given(TWO_CALLS, *history).at(at_deadline).when(EXPIRE).then(ended(LATE, None, call("a"), call("b")))
