"""People's answers: to approval nodes, to agents that want to use a tool, to outcomes nobody knows."""

from typing import Any

from contexts.execution import agents, errors
from contexts.execution.advance import go_on
from contexts.execution.begin import succeed
from contexts.execution.deciding import closed, opened
from contexts.execution.failing import fail_step, plan_retry
from contexts.execution.paths import Place, container, place
from contexts.execution.restarting import restart
from contexts.execution.run import Run
from contexts.execution.state import Approving, Execution
from contexts.json_schemas import problems as misfits
from contexts.kernel import Context
from schemas.authoring.nodes import ApprovalNode
from schemas.base import Event
from schemas.envelope import Actor, Problem
from schemas.execution import events as e
from schemas.execution.commands import AnswerApproval
from schemas.execution.types import StepError

BY_DEADLINE = "deadline"
REFUSED = StepError(code="execution.refused_by_person", message="A person refused it.")
EXPIRED = StepError(code="execution.approval_expired", message="Nobody answered in time.")
APPROVED = StepError(code="execution.approved", message="A person approved it while the run was paused.")


def answer_approval(state: Execution | None, command: AnswerApproval, ctx: Context) -> list[Event]:
    run = opened(state, ctx)
    where = place(command.node)
    asked = run.step(where) if where else None
    if not where or run.state.ended or not isinstance(asked, Approving):
        raise errors.NotWaitingForApproval(f"nobody is asked about {command.node!r}")
    require_assignee(asked, ctx.actor, command.email)
    if asked.form and command.approved and (found := misfits(asked.form, command.data)):
        raise errors.InvalidAnswer(
            "The answer does not fit the form.", [answer_problem(*one) for one in found]
        )
    settle(run, where, asked, command.approved, command.data, str(ctx.actor))
    go_on(run, where.scope)
    return closed(run)


def require_assignee(asked: Approving, actor: Actor, email: str | None) -> None:
    known = {actor.id, email, actor.role} - {None}
    if asked.assignees and actor.kind == "user" and not known & set(asked.assignees):
        raise errors.NotAssigned("Somebody else is asked.")


def answer_problem(path: str, message: str) -> Problem:
    return Problem(code="execution.invalid_answer", message=message, path=f"data.{path}" if path else "data")


def settle(run: Run, where: Place, asked: Approving, approved: bool, data: dict[str, Any], by: str) -> None:
    run.record(
        e.ApprovalAnswered(
            execution_id=run.id,
            node=str(where),
            attempt=asked.attempt,
            approved=approved,
            data=data,
            by=by,
        )
    )
    match asked.purpose:
        case "approval":
            succeed(run, where, {"approved": approved, "data": data, "by": by}, asked.attempt)
        case "tool":
            tool_answered(run, where, approved)
        case "unknown":
            outcome_answered(run, where, asked, approved, data)


def tool_answered(run: Run, where: Place, approved: bool) -> None:
    if not approved:
        return fail_step(run, where, 1, REFUSED)
    if not run.going:
        return plan_retry(run, where, 0, APPROVED)
    return agents.begin_use(run, where, 1)


def outcome_answered(run: Run, where: Place, asked: Approving, approved: bool, data: dict[str, Any]) -> None:
    """Approved: done again. Refused with an `output`: the run goes on with that."""
    if approved and run.going:
        return restart(run, where, asked.attempt + 1)
    if approved:
        return plan_retry(run, where, asked.attempt, APPROVED)
    if "output" in data:
        return supplied(run, where, data["output"], asked.attempt)
    return fail_step(run, where, asked.attempt, REFUSED)


def supplied(run: Run, where: Place, output: Any, attempt: int) -> None:
    """What a person gives for an agent's round is the agent's answer."""
    succeed(run, where, output, attempt)
    if where.name is None:
        succeed(run, container(where.scope), output, attempt)


def settle_by_deadline(run: Run, where: Place, asked: Approving) -> None:
    node = run.node(where)
    if asked.purpose != "approval" or not isinstance(node, ApprovalNode) or node.on_deadline == "fail":
        return fail_step(run, where, asked.attempt, EXPIRED)
    return settle(run, where, asked, node.on_deadline == "approve", {}, BY_DEADLINE)
