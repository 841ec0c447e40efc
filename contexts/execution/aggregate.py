from contexts.execution.evolve import evolve
from contexts.execution.state import Execution
from contexts.kernel import Aggregate
from schemas.base import Event
from schemas.execution.events import ExecutionRefused


def evolve_stream(state: Execution | None, event: Event) -> Execution | None:
    """A refused start leaves no run behind: to every later command there is none."""
    return None if isinstance(event, ExecutionRefused) else evolve(state, event)


def ended(state: Execution | None) -> bool:
    return state is None or state.ended


EXECUTION = Aggregate("execution", Execution, evolve_stream, snapshot_every=500, ended=ended)
