"""Events from outside, for waits of their name. One that comes early is kept until the run gets there."""

from contexts.execution import errors
from contexts.execution.advance import go_on
from contexts.execution.begin import succeed
from contexts.execution.deciding import closed, opened
from contexts.execution.problems import StepProblem, bounded
from contexts.execution.state import Execution, Waiting
from contexts.execution.tree import leaves
from contexts.kernel import Context
from schemas.base import Event
from schemas.execution.commands import DeliverSignal
from schemas.execution.events import SignalReceived

MAX_KEPT = 100


def deliver_signal(state: Execution | None, command: DeliverSignal, ctx: Context) -> list[Event]:
    """The first wait of that name, in the order the steps began, takes it."""
    run = opened(state, ctx)
    if run.state.ended:
        raise errors.ExecutionEnded("The run has ended.")
    if len(run.state.signals) >= MAX_KEPT:
        raise errors.TooManySignals(f"{MAX_KEPT} signals are waiting for this run to take them")
    try:
        payload = bounded(command.payload)
    except StepProblem as problem:
        raise errors.SignalTooLarge(str(problem)) from problem
    signal = SignalReceived(execution_id=run.id, name=command.name, payload=payload, by=str(ctx.actor))
    run.record(signal)
    for where, step in leaves(run.state.steps):
        if isinstance(step, Waiting) and step.event == command.name:
            succeed(run, where, payload, step.attempt)
            go_on(run, where.scope)
            break
    return closed(run)
