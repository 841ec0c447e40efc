"""What was reported of a step's attempt. A report nobody waits for any more changes nothing."""

from datetime import timedelta
from decimal import Decimal

from contexts.execution import agents, retry
from contexts.execution.advance import go_on
from contexts.execution.begin import succeed
from contexts.execution.calls import Unfit, answer_of, messages_of, repair_messages, request_call
from contexts.execution.ceilings import NotYet
from contexts.execution.deciding import closed, opened
from contexts.execution.failing import fail_step, plan_retry
from contexts.execution.paths import Place, place
from contexts.execution.problems import StepProblem, bounded
from contexts.execution.restarting import is_tool_of_agent
from contexts.execution.run import Run
from contexts.execution.state import NOTHING, Execution, Working
from contexts.kernel import Context
from schemas.authoring.nodes import AgentNode, LlmNode, WhenUnknown
from schemas.base import Event
from schemas.execution import commands as c
from schemas.execution import events as e
from schemas.execution.types import StepError
from schemas.tenancy.types import TENANT_SUSPENDED

UNKNOWN_SECONDS = 7 * 86_400.0


def complete_step(state: Execution | None, command: c.CompleteStep, ctx: Context) -> list[Event]:
    run = opened(state, ctx)
    where = place(command.node)
    if not where or not under_way(run, where, command.attempt):
        return []
    try:
        output = bounded(command.output)
    except StepProblem as problem:
        fail_step(run, where, command.attempt, problem.error, command.spent)
    else:
        done = e.StepSucceeded(
            execution_id=run.id,
            node=command.node,
            attempt=command.attempt,
            output=output,
            spent=command.spent,
        )
        run.record(done)
    go_on(run, where.scope)
    return closed(run)


def complete_call(state: Execution | None, command: c.CompleteCall, ctx: Context) -> list[Event]:
    run = opened(state, ctx)
    where = place(command.node)
    working = under_way(run, where, command.attempt) if where else None
    if not where or not working or not working.call:
        return []
    run.record(
        e.CallCompleted(
            execution_id=run.id,
            node=command.node,
            call=working.call,
            usage=command.usage,
            finish_reason=command.finish_reason,
            provider_request_id=command.provider_request_id,
            latency_ms=command.latency_ms,
            price=ctx.facts.price,
        )
    )
    node = run.node(where)
    if isinstance(node, AgentNode):
        agents.answered(run, where, node, command.output, command.tool_calls)
    else:
        assert isinstance(node, LlmNode)
        answered(run, where, node, command.attempt, command.output)
    go_on(run, where.scope)
    return closed(run)


def answered(run: Run, where: Place, node: LlmNode, attempt: int, said: str) -> None:
    try:
        succeed(run, where, answer_of(node, said), attempt)
    except Unfit as unfit:
        improve(run, where, node, attempt, said, unfit)


def improve(run: Run, where: Place, node: LlmNode, attempt: int, said: str, unfit: Unfit) -> None:
    """The model is told what is wrong and asked again, as often as the node allows."""
    step = run.step(where)
    if not isinstance(step, Working) or step.repairs >= node.repairs:
        return give_up_or_retry(run, where, attempt, agents.unfit_error(unfit))
    if not run.going:
        return plan_retry(run, where, attempt, agents.unfit_error(unfit), counts=False)
    try:
        messages = repair_messages(messages_of(run, where, node), said, unfit)
        return request_call(run, where, node, messages, attempt + 1, node.timeout_seconds)
    except StepProblem as problem:
        return fail_step(run, where, attempt, problem.error)
    except NotYet:
        return plan_retry(run, where, attempt, agents.unfit_error(unfit), counts=False)


def fail_attempt(state: Execution | None, command: c.FailStep, ctx: Context) -> list[Event]:
    run = opened(state, ctx)
    where = place(command.node)
    working = under_way(run, where, command.attempt) if where else None
    if not where or not working:
        return []
    if working.call:
        run.record(
            e.CallFailed(
                execution_id=run.id,
                node=command.node,
                call=working.call,
                error=command.error,
                usage=command.usage,
                price=ctx.facts.price,
            )
        )
    failed_attempt(run, where, command.attempt, command.error, command.spent)
    go_on(run, where.scope)
    return closed(run)


def failed_attempt(run: Run, where: Place, attempt: int, error: StepError, spent: Decimal = NOTHING) -> None:
    if error.code == TENANT_SUSPENDED:
        return plan_retry(run, where, attempt, error, counts=False)
    if error.lost and when_unknown(run, where) == "ask":
        return ask_what_happened(run, where, attempt, error)
    return give_up_or_retry(run, where, attempt, error, spent)


def when_unknown(run: Run, where: Place) -> WhenUnknown:
    """A tool that does not say: may what is safe be repeated, else a person is asked."""
    node = run.node(where)
    told: WhenUnknown | None = getattr(node, "when_unknown", "retry")
    if told is not None and not is_tool_of_agent(run, where):
        return told
    step = run.step(where)
    return "retry" if isinstance(step, Working) and step.safe else "ask"


def give_up_or_retry(
    run: Run, where: Place, attempt: int, error: StepError, spent_below: Decimal = NOTHING
) -> None:
    """`spent_below`: what a failed subworkflow spent."""
    step, node = run.step(where), run.node(where)
    spent, excused = (step.spent, step.excused) if isinstance(step, Working) else (NOTHING, 0)
    if error.lost and when_unknown(run, where) == "fail":
        error = error.model_copy(update={"retryable": False})
    due_at = retry.due_at(node, attempt - excused, error, spent + spent_below, run.id, run.now)
    if due_at is None:
        return fail_step(run, where, attempt, error, spent_below)
    return plan_retry(run, where, attempt, error, due_at, spent=spent_below)


def ask_what_happened(run: Run, where: Place, attempt: int, error: StepError) -> None:
    run.record(
        e.ApprovalRequested(
            execution_id=run.id,
            node=str(where),
            attempt=attempt,
            purpose="unknown",
            message=f"{error.message} Approve to do it again; reject with data.output to go on with that.",
            form=None,
            assignees=(),
            due_at=run.now + timedelta(seconds=UNKNOWN_SECONDS),
            escalate_at=None,
            escalate_to=(),
        )
    )


def under_way(run: Run, where: Place, attempt: int) -> Working | None:
    """The attempt a result is for, if it is still waited for. A paused run takes results, too."""
    step = run.step(where)
    if run.state.status not in ("running", "paused"):
        return None
    return step if isinstance(step, Working) and step.attempt == attempt else None
