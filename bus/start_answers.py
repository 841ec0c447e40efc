"""What the start of a trigger's run was answered: nobody was there to hear it, but it is stored."""

from bus.causation import command_id
from infra.eventstore.types import EventStore
from schemas.envelope import Problem
from schemas.execution.commands import StartExecution

AUTHOR = "execution.when_trigger_fired"


def why_refused(store: EventStore, fired_at: int) -> Problem | None:
    """`fired_at`: position of the trigger's event. None: accepted, or not decided yet."""
    for row in store.after(fired_at - 1, 1):
        id_ = command_id(f"{row.stream}@{row.version}", AUTHOR, StartExecution, 0)
        known, _ = store.load([id_], {})
        refusal = known[id_].answer.refusal if id_ in known else None
        return Problem(code=refusal.code, message=refusal.detail) if refusal else None
    return None
