from contexts.execution.trigger_policies import when_trigger_fired
from schemas.execution.commands import StartExecution
from schemas.execution.types import TriggerRef
from tests.support.builders import WORKFLOW_ID, recorded
from tests.support.triggers import TRIGGER_ID, fired


def test_a_trigger_that_fired_starts_its_run() -> None:
    event = fired("d1", kind="webhook", inputs={"a": 1}, payload={"b": 2}, version=3, depth=4)
    start = StartExecution(
        execution_id=event.execution_id,
        source_kind="workflow",
        source_id=WORKFLOW_ID,
        version=3,
        inputs={"a": 1},
        trigger=TriggerRef(trigger_id=TRIGGER_ID, kind="webhook", occurrence="d1", depth=4),
    )
    assert when_trigger_fired(event, recorded(event)) == [start]
