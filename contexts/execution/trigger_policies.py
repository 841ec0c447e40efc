"""A trigger that fired starts a run."""

from schemas.authoring.events import TriggerFired
from schemas.envelope import Recorded
from schemas.execution.commands import StartExecution
from schemas.execution.types import TriggerRef


def when_trigger_fired(event: TriggerFired, recorded: Recorded) -> list[StartExecution]:
    return [
        StartExecution(
            execution_id=event.execution_id,
            source_kind="workflow",
            source_id=event.workflow_id,
            version=event.version,
            inputs=event.inputs,
            trigger=TriggerRef(
                trigger_id=event.trigger_id, kind=event.kind, occurrence=event.occurrence, depth=event.depth
            ),
        )
    ]
