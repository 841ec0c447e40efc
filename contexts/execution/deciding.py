"""How every decision on a run that exists begins and ends."""

from contexts.execution import errors
from contexts.execution.facts import RunFacts
from contexts.execution.run import Run
from contexts.execution.state import Approving, Done, Execution, Failed, Skipped, Waiting
from contexts.execution.tree import leaves
from contexts.kernel import Context
from schemas.base import Event
from schemas.execution import events as e
from schemas.tenancy.types import STOPPED

SUSPENSION = "tenancy"


def found(state: Execution | None) -> Execution:
    if state is None:
        raise errors.ExecutionNotFound("There is no such execution.")
    return state


def opened(state: Execution | None, ctx: Context) -> Run:
    """A run of a tenant that is stopped is paused before anything else is decided in it."""
    facts: RunFacts = ctx.facts
    run = Run(found(state), facts.release, ctx.now, facts.followers, facts.most_of)
    if run.going and facts.tenant_status in STOPPED:
        run.record(suspended(run))
    return run


def suspended(run: Run) -> e.ExecutionPaused:
    return e.ExecutionPaused(execution_id=run.id, reason="suspended", by=SUSPENSION)


def closed(run: Run) -> list[Event]:
    """Says at last whether the run only waits now, or does not any more."""
    waits = only_waits(run.state)
    if waits and not run.state.parked:
        run.record(e.ExecutionParked(execution_id=run.id))
    elif run.state.parked and not waits and not run.state.ended:
        run.record(e.ExecutionWoken(execution_id=run.id))
    return run.events


def only_waits(state: Execution) -> bool:
    if state.status != "running":
        return state.parked and not state.ended
    kinds = [leaf for _, leaf in leaves(state.steps) if not isinstance(leaf, Done | Skipped | Failed)]
    return bool(kinds) and all(isinstance(leaf, Waiting | Approving) for leaf in kinds)
