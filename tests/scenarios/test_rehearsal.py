"""Recorded runs are played against changed workflows before these are published."""

from typing import Any

from contexts.execution.recording import bundle_of
from contexts.execution.rehearsal import Rehearsal, rehearse
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.execution.bundle import RunBundle
from tests.support.builders import MODEL, llm, text, workflow
from tests.support.harness import Harness
from tests.support.llm_script import Behaviour
from tests.support.story import RUN, started

SORT = llm("sort", output_schema={"type": "object", "properties": {"topic": {"type": "string"}}})


def triage(*nodes: Any, condition: str = "steps.sort.output.topic == 'refund'") -> WorkflowDefinition:
    which = {"type": "branch", "id": "which", "cases": [{"name": "refund", "when": condition}]}
    edges = [
        {"source": "sort", "target": "which"},
        {"source": "which", "target": "give", "case": "refund"},
        {"source": "which", "target": "refuse", "case": "otherwise"},
    ]
    kinds = [SORT, which, text("give", "Here you are."), llm("refuse"), *nodes]
    return WorkflowDefinition.model_validate(
        {"nodes": kinds, "edges": edges, "output": "{{ steps.give.output }}{{ steps.refuse.output }}"}
    )


def recorded(h: Harness, definition: WorkflowDefinition, *answers: Behaviour) -> RunBundle:
    h.chat.script(MODEL, *answers)
    started(h, definition)
    h.advance(60)
    return bundle_of(h.events(RUN))


def against(bundle: RunBundle, definition: WorkflowDefinition) -> Rehearsal:
    return rehearse(bundle, Release(definition=definition))


def whats(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    return [(difference.what, difference.node) for difference in rehearsal.differences]


REFUND = Behaviour(text='{"topic": "refund"}')


def test_the_same_workflow_ends_the_same(h: Harness) -> None:
    bundle = recorded(h, triage(), REFUND)
    again = against(bundle, triage())
    assert (again.outcome, again.differences) == (bundle.outcome, ())


def test_a_failed_attempt_before_the_answer_changes_nothing(h: Harness) -> None:
    bundle = recorded(h, triage(), Behaviour(status=429), REFUND)
    assert against(bundle, triage()).differences == ()


def test_another_path_is_told(h: Harness) -> None:
    bundle = recorded(h, triage(), REFUND)
    other = against(bundle, triage(condition="steps.sort.output.topic == 'money'"))
    assert whats(other) == [("unanswered", "refuse"), ("status", "")]
    assert other.outcome is None


def test_another_output_is_told(h: Harness) -> None:
    bundle = recorded(h, workflow(text("a", "Hello."), output="{{ steps.a.output }}"))
    other = against(bundle, workflow(text("a", "Goodbye."), output="{{ steps.a.output }}"))
    assert [(d.what, d.before, d.after) for d in other.differences] == [("output", "Hello.", "Goodbye.")]


def test_a_step_that_is_never_asked_any_more_is_told(h: Harness) -> None:
    bundle = recorded(h, workflow(llm("a"), llm("b"), output="{{ steps.a.output }}"))
    assert whats(against(bundle, workflow(llm("a"), output="{{ steps.a.output }}"))) == [("not_asked", "b")]


def test_inputs_that_are_not_taken_any_more_are_told(h: Harness) -> None:
    bundle = recorded(h, workflow(text("a")))
    stricter = WorkflowDefinition.model_validate(
        {"inputs": {"who": {}}, "nodes": [text("a")], "edges": [], "output": ""}
    )
    assert whats(against(bundle, stricter)) == [("refused", "")]
