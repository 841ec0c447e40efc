"""Performs a step that calls no provider."""

from schemas.envelope import Recorded
from schemas.execution.commands import CompleteStep
from schemas.execution.events import StepScheduled


async def run_step(event: StepScheduled, recorded: Recorded, ports: object) -> list[CompleteStep]:
    return [
        CompleteStep(execution_id=event.execution_id, node=event.node, attempt=event.attempt, output=None)
    ]
