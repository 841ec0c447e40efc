"""A run's events as a bundle: what the outside answered, so that it can be played again."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from contexts.execution import errors
from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.bundle import Outcome, RecordedAnswer, RunBundle

Answers = dict[str, RecordedAnswer]


def bundle_of(events: Sequence[Event]) -> RunBundle:
    """Of a run that has ended; of the attempts at a step the last one counts."""
    begun = next((event for event in events if isinstance(event, e.ExecutionStarted)), None)
    outcome = outcome_of(events[-1]) if events else None
    if begun is None or outcome is None:
        raise errors.NotEnded("Only a run that has ended can be recorded.")
    answers: Answers = {}
    for event in events:
        if note := ON.get(type(event)):
            note(answers, event)
    kept = tuple(answer for answer in answers.values())
    return RunBundle(source=begun.source, inputs=begun.inputs, answers=kept, outcome=outcome)


def outcome_of(event: Event) -> Outcome | None:
    match event:
        case e.ExecutionSucceeded():
            return Outcome(status="succeeded", output=event.output)
        case e.ExecutionFailed():
            return Outcome(status="failed", error=event.error)
        case e.ExecutionCancelled():
            return Outcome(status="cancelled")
    return None


def requested(answers: Answers, event: e.CallRequested) -> None:
    answers[event.node] = RecordedAnswer(node=event.node, kind="call")


def scheduled(
    answers: Answers,
    event: e.StepScheduled | e.ToolRequested | e.RetrievalRequested | e.SubworkflowRequested,
) -> None:
    answers[event.node] = RecordedAnswer(node=event.node, kind="step")


def asked(answers: Answers, event: e.ApprovalRequested) -> None:
    answers[event.node] = RecordedAnswer(node=event.node, kind="approval")


def waited(answers: Answers, event: e.WaitBegun) -> None:
    answers[event.node] = RecordedAnswer(node=event.node, kind="wait")


def used(answers: Answers, event: e.CallCompleted) -> None:
    change(answers, event.node, usage=event.usage)


def turned(answers: Answers, event: e.AgentTurned) -> None:
    node = f"{event.node}[{event.round}]"
    change(answers, node, output=event.content, tool_calls=event.tool_calls)


def answered(answers: Answers, event: e.ApprovalAnswered) -> None:
    change(answers, event.node, approved=event.approved, output=event.data)


def succeeded(answers: Answers, event: e.StepSucceeded) -> None:
    """Pure steps are no answers. What a model said as JSON was read; here it is said again."""
    known = answers.get(event.node)
    if known is None or known.kind == "approval":
        return
    said = event.output
    if known.kind == "call" and not isinstance(said, str):
        said = json.dumps(said, ensure_ascii=False)
    change(answers, event.node, output=said)


def failed(answers: Answers, event: e.StepFailed) -> None:
    change(answers, event.node, error=event.error)


def change(answers: Answers, node: str, **fields: Any) -> None:
    if node in answers:
        answers[node] = answers[node].model_copy(update=fields)


ON: dict[type[Event], Callable[[Answers, Any], None]] = {
    e.CallRequested: requested,
    e.StepScheduled: scheduled,
    e.ToolRequested: scheduled,
    e.RetrievalRequested: scheduled,
    e.SubworkflowRequested: scheduled,
    e.ApprovalRequested: asked,
    e.WaitBegun: waited,
    e.CallCompleted: used,
    e.AgentTurned: turned,
    e.ApprovalAnswered: answered,
    e.StepSucceeded: succeeded,
    e.StepFailed: failed,
}
