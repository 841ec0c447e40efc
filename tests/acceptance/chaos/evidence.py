"""How work ended in a run whose outcome nobody knew: the one thing no story can say beforehand.

Whether it was allowed to end so is for the simulator to say, by the policy of the node.
"""

from collections.abc import Iterable, Iterator

from schemas.envelope import Recorded
from schemas.execution import events as e
from tests.support.workflows.acting import LOST, REFUSED, SUPPLIED
from tests.support.workflows.expected import Outcome


def unknown_outcomes(run_key: str, stream: Iterable[Recorded]) -> Iterator[tuple[str, Outcome]]:
    """By key of the step."""
    asked: set[str] = set()
    for recorded in stream:
        match recorded.event:
            case e.ApprovalRequested(purpose="unknown") as event:
                asked.add(event.node)
            case e.StepFailed() as event if event.error.code == LOST:
                yield run_key + event.node, (None, LOST)
            case e.StepFailed() as event if event.node in asked and event.error.code == REFUSED:
                yield run_key + event.node, (None, REFUSED)
            case e.StepSucceeded() as event if event.node in asked and is_supplied(event):
                yield run_key + event.node, (event.output, None)


def is_supplied(event: e.StepSucceeded) -> bool:
    return isinstance(event.output, str) and event.output.startswith(SUPPLIED)


def run_key(stream: Iterable[Recorded]) -> str | None:
    """What a random run, or a subworkflow of one, was told it is called."""
    for recorded in stream:
        if isinstance(recorded.event, e.ExecutionStarted):
            key = recorded.event.inputs.get("key")
            return key if isinstance(key, str) else None
    return None
