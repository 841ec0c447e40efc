from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from contexts.execution.inputs import MAX_INPUT_BYTES
from contexts.execution.registry import REGISTRY
from schemas.authoring.parts import InputSpec
from schemas.envelope import Problem
from schemas.execution.commands import CancelExecution
from schemas.execution.events import ExecutionRefused
from schemas.execution.types import StepError, TriggerRef
from tests.support.builders import llm, noop, text, workflow
from tests.support.runs import (
    RUN_ID,
    done,
    ended,
    requested,
    scheduled,
    start,
    startable,
    started,
    step_failed,
    succeeded,
)
from tests.support.spec import Outcome, Spec

given = Spec(REGISTRY).given
TICK = TriggerRef(trigger_id=UUID(int=7), kind="cron", occurrence="t")
TYPED = workflow(
    noop("a"),
    inputs={
        "name": InputSpec(),
        "age": InputSpec(type="integer"),
        "note": InputSpec(required=False, default="none"),
    },
)


def starting(definition: object = TYPED, **inputs: object) -> Outcome:
    return given().knowing(startable(definition)).when(start(**inputs))  # type: ignore[arg-type]


def test_every_problem_of_the_inputs_is_told_with_its_field() -> None:
    outcome = starting(age="old", colour="red")
    outcome.refused("execution.invalid_inputs")
    assert outcome.refusal is not None
    assert [(p.code, p.path) for p in outcome.refusal.problems] == [
        ("execution.unknown_input", "inputs.colour"),
        ("execution.missing_input", "inputs.name"),
        ("execution.wrong_input_type", "inputs.age"),
    ]


def test_unknown_inputs_are_told_in_the_order_they_came() -> None:
    outcome = starting(name="Ada", age=1, **dict.fromkeys("zyxw", 1))
    assert outcome.refusal is not None
    assert [p.path for p in outcome.refusal.problems] == [f"inputs.{name}" for name in "zyxw"]


def test_inputs_have_a_size_limit() -> None:
    starting(name="x" * MAX_INPUT_BYTES, age=1).refused(
        "execution.invalid_inputs", "execution.inputs_too_large"
    )


def test_inputs_are_measured_in_bytes_as_they_are_stored() -> None:
    starting(name="ß" * (MAX_INPUT_BYTES // 2 - 100), age=1).then(
        started(name="ß" * (MAX_INPUT_BYTES // 2 - 100), age=1, note="none"), scheduled("a")
    )


def test_defaults_are_filled_in() -> None:
    starting(name="Ada", age=36).then(started(name="Ada", age=36, note="none"), scheduled("a"))


def test_a_given_value_wins_over_the_default() -> None:
    starting(name="Ada", age=36, note="x").then(started(name="Ada", age=36, note="x"), scheduled("a"))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"tenant_status": None}, "tenancy.tenant_not_found"),
        ({"tenant_status": "suspended"}, "tenancy.tenant_suspended"),
        ({"tenant_status": "provisioned"}, "tenancy.tenant_not_active"),
        ({"found": False}, "execution.source_not_found"),
        ({"source": None, "release": None}, "execution.not_published"),
    ],
)
def test_what_cannot_be_started_says_why(facts: dict[str, Any], code: str) -> None:
    given().knowing(replace(startable(TYPED), **facts)).when(start()).refused(code)


def test_a_trigger_is_refused_on_the_record() -> None:
    command = start(colour="red").model_copy(update={"trigger": TICK})
    problem = Problem(
        code="execution.invalid_inputs",
        message="The inputs do not fit the definition: inputs.colour is not an input",
    )
    refused = ExecutionRefused(execution_id=RUN_ID, trigger=TICK, problem=problem)
    definition = workflow(noop("a"))
    given().knowing(startable(definition)).when(command).then(refused)
    given(started()).knowing(startable(definition)).when(command).refused("execution.exists")
    cancel = CancelExecution(execution_id=RUN_ID)
    given(refused).when(cancel).refused("execution.not_found")


def test_a_run_is_started_once() -> None:
    given(started()).knowing(startable(TYPED)).when(start()).refused("execution.exists")


def test_pure_nodes_are_done_in_the_decision_that_starts_the_run() -> None:
    definition = workflow(
        text("a", "Hi {{ inputs.x }}"),
        text("b", "<{{ steps.a.output }}>"),
        edges=[("a", "b")],
        inputs={"x": InputSpec()},
        output="{{ steps.b.output }}!",
    )
    starting(definition, x="Ada").then(
        started(x="Ada"), succeeded("a", "Hi Ada"), succeeded("b", "<Hi Ada>"), done("<Hi Ada>!")
    )


def test_pure_nodes_are_done_however_they_are_written() -> None:
    definition = workflow(text("b", "{{ steps.a.output }}"), text("a", "1"), edges=[("a", "b")])
    starting(definition).then(started(), succeeded("a", "1"), succeeded("b", "1"), done())


def test_what_waits_for_nothing_begins_together() -> None:
    starting(workflow(llm("a"), noop("b"), noop("c"), edges=[("b", "c")])).then(
        started(), requested(llm("a")), scheduled("b")
    )


def test_a_template_that_finds_no_value_fails_the_run() -> None:
    definition = workflow(
        text("a", "{{ inputs.x.deep }}"), inputs={"x": InputSpec(type="object")}, output="never"
    )
    error = StepError(
        code="execution.template_failed", message="inputs.x.deep has no value: there is no 'deep'"
    )
    starting(definition, x={}).then(started(x={}), step_failed("a", error), ended(error, "a"))


def test_an_output_that_finds_no_value_fails_the_run_without_a_node() -> None:
    definition = workflow(text("a", "1"), output="{{ steps.a.output.deep }}")
    outcome = starting(definition)
    assert outcome.events[-1].type_name == "execution.execution.failed"
    assert outcome.events[-1].node is None  # type: ignore[attr-defined]
