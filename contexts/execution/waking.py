"""A step's time has come: a retry is due, a wait is over, a person or a worker said nothing in time."""

from contexts.execution.advance import go_on, pump
from contexts.execution.approvals import settle_by_deadline
from contexts.execution.begin import succeed
from contexts.execution.deciding import closed, opened
from contexts.execution.failing import fail_step
from contexts.execution.paths import Place, place
from contexts.execution.restarting import restart
from contexts.execution.results import failed_attempt
from contexts.execution.run import Run
from contexts.execution.state import (
    Approving,
    Container,
    Execution,
    Leaf,
    Pausing,
    PutOff,
    Step,
    Waiting,
    Working,
)
from contexts.execution.tree import leaves, places, scopes
from contexts.kernel import Context
from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.commands import WakeStep
from schemas.execution.types import StepError

OVERDUE = StepError(
    code="execution.step_overdue",
    message="Nothing was heard of the step in time; whether its work happened is unknown.",
    retryable=True,
    lost=True,
    error_class="timeout",
)


def wake_step(state: Execution | None, command: WakeStep, ctx: Context) -> list[Event]:
    run = opened(state, ctx)
    where = place(command.node)
    if where and run.going and attempt_of(run.step(where)) == command.attempt:
        wake(run, where)
        go_on(run, where.scope)
    return closed(run)


def attempt_of(step: Step | Leaf | None) -> int | None:
    return getattr(step, "attempt", None)


def wake(run: Run, where: Place) -> None:
    """Does what is due at a step now; before its time nothing."""
    match run.step(where):
        case Pausing(attempt=attempt, due_at=due_at) if due_at <= run.now:
            restart(run, where, attempt)
        case PutOff(attempt=attempt):
            restart(run, where, attempt)
        case Waiting() as waiting if waiting.due_at <= run.now:
            end_wait(run, where, waiting)
        case Approving() as asked if asked.due_at <= run.now:
            settle_by_deadline(run, where, asked)
        case Approving() as asked if asked.escalate_at and asked.escalate_at <= run.now:
            escalate(run, where, asked)
        case Working(attempt=attempt, due_at=due_at) if due_at and due_at <= run.now:
            failed_attempt(run, where, attempt, OVERDUE)


def end_wait(run: Run, where: Place, waiting: Waiting) -> None:
    if waiting.event is None:
        return succeed(run, where, waiting.due_at.isoformat(), waiting.attempt)
    message = f"the event {waiting.event!r} did not come in time"
    error = StepError(code="execution.wait_timed_out", message=message, error_class="timeout")
    return fail_step(run, where, waiting.attempt, error)


def escalate(run: Run, where: Place, asked: Approving) -> None:
    run.record(
        e.ApprovalEscalated(
            execution_id=run.id,
            node=str(where),
            attempt=asked.attempt,
            to=asked.escalate_to,
            due_at=asked.due_at,
        )
    )


def revive(run: Run) -> None:
    """After a pause: does what became due meanwhile, and goes on wherever something can."""
    for where, _ in list(leaves(run.state.steps)):
        if run.going:
            wake(run, where)
    for where in reversed(list(places(run.state.steps, Container))):
        if run.going and run.is_open(where):
            pump(run, where)
        go_on(run, where.scope)
    for at in reversed(list(scopes(run.state.steps))):
        go_on(run, at)
