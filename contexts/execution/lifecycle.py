"""A run as a whole: its turn, pauses, its end from outside."""

from contexts.execution import errors, starting
from contexts.execution.deciding import closed, found, opened
from contexts.execution.failing import all_open, end_failed, spent_at_most
from contexts.execution.run import Run
from contexts.execution.state import Execution
from contexts.execution.waking import revive
from contexts.kernel import Context
from schemas.base import Event
from schemas.execution import commands as c
from schemas.execution import events as e
from schemas.execution.types import StepError

DEADLINE = StepError(
    code="execution.deadline_passed",
    message="The run did not end before its deadline.",
    error_class="timeout",
)
IDLE = StepError(
    code="execution.idle", message="Nothing happened in the run for too long.", error_class="timeout"
)


def begin(state: Execution | None, command: c.BeginExecution, ctx: Context) -> list[Event]:
    execution = found(state)
    if execution.status != "queued":
        return []
    starting.require_active(ctx.facts.tenant_status)
    return starting.begin_queued(execution, ctx)


def pause(state: Execution | None, command: c.PauseExecution, ctx: Context) -> list[Event]:
    execution = found(state)
    require_open(execution)
    if execution.status != "running":
        return []
    return [e.ExecutionPaused(execution_id=execution.execution_id, reason="user", by=str(ctx.actor))]


def resume(state: Execution | None, command: c.ResumeExecution, ctx: Context) -> list[Event]:
    run = opened(state, ctx)
    require_open(run.state)
    starting.require_active(ctx.facts.tenant_status)
    if run.state.status != "paused":
        return []
    run.record(e.ExecutionResumed(execution_id=run.id, by=str(ctx.actor)))
    revive(run)
    return closed(run)


def cancel(state: Execution | None, command: c.CancelExecution, ctx: Context) -> list[Event]:
    return cancelled(found(state), command.reason, ctx, forced=False)


def terminate(state: Execution | None, command: c.TerminateExecution, ctx: Context) -> list[Event]:
    return cancelled(found(state), command.reason, ctx, forced=True)


def cancelled(execution: Execution, reason: str, ctx: Context, forced: bool) -> list[Event]:
    """Decided from the stream alone, so that nothing outside can stand in its way."""
    if execution.ended:
        return []
    end = e.ExecutionCancelled(
        execution_id=execution.execution_id,
        reason=reason,
        by=str(ctx.actor),
        forced=forced,
        parent=execution.parent,
        spent=spent_at_most(execution),
        **all_open(execution),
    )
    return [end]


def expire(state: Execution | None, command: c.ExpireExecution, ctx: Context) -> list[Event]:
    execution = found(state)
    if execution.ended:
        return []
    run = Run(execution, ctx.facts.release, ctx.now, ctx.facts.followers)
    if ctx.now >= execution.deadline:
        end_failed(run, DEADLINE, None)
    elif execution.idle_seconds and command.idle_since == execution.length and not execution.parked:
        end_failed(run, IDLE, None)
    return run.events


def require_open(execution: Execution) -> None:
    if execution.ended:
        raise errors.ExecutionEnded("The run has ended.")
