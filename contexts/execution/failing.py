"""A step's failure ends what it is in: the item, the loop, the map, at last the run."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contexts.execution.ceilings import reserved
from contexts.execution.paths import Place, container
from contexts.execution.problems import StepProblem
from contexts.execution.reducing import fold
from contexts.execution.run import Run
from contexts.execution.state import (
    NOTHING,
    Conversing,
    Execution,
    Leaf,
    Mapped,
    Step,
    Working,
)
from contexts.execution.tree import inner_of, leaves, leaves_in, leaves_of
from schemas.authoring.nodes import MapNode
from schemas.execution import events as e
from schemas.execution.types import CallRef, StepError


def fail_step(run: Run, place: Place, attempt: int, error: StepError, spent: Decimal = NOTHING) -> None:
    step = run.step(place)
    abandoned = left_open(leaves_in(step))
    abandoned["open_children"] += given_up(step, error)
    failed = e.StepFailed(
        execution_id=run.id, node=str(place), attempt=attempt, error=error, spent=spent, **abandoned
    )
    run.record(failed)
    if not place.scope:
        return end_failed(run, error, str(place))
    outer = container(place.scope)
    holder = run.step(outer)
    if isinstance(holder, Mapped):
        return fail_item(run, outer, holder, place.scope[-1].number, error)
    if isinstance(holder, Conversing) and place.name is not None:
        return None  # The model is told what its tool said.
    return fail_step(run, outer, getattr(holder, "attempt", 1), error)


def fail_item(run: Run, place: Place, step: Mapped, index: int, error: StepError) -> None:
    """One more failure than the node allows fails the map, with the error of this item."""
    node = run.node(place)
    assert isinstance(node, MapNode)
    try:
        folded, total = fold(run, place, node, step, index, None)
    except StepProblem as problem:
        return fail_step(run, place, step.attempt, problem.error)
    inner = inner_of(step, index)
    run.record(
        e.ItemFailed(
            execution_id=run.id,
            node=str(place),
            index=index,
            error=error,
            folded=folded,
            total=total,
            **left_open(leaves_of(inner) if inner else ()),
        )
    )
    if step.failures + 1 > node.max_failures:
        more = f"item {index}: {error.message}"
        return fail_step(run, place, step.attempt, error.model_copy(update={"message": more}))
    return None


def plan_retry(
    run: Run,
    place: Place,
    attempt: int,
    error: StepError,
    due_at: datetime | None = None,
    counts: bool = True,
    spent: Decimal = NOTHING,
) -> None:
    """Without `due_at` as soon as the run may go on."""
    run.record(
        e.StepRetryPlanned(
            execution_id=run.id,
            node=str(place),
            attempt=attempt + 1,
            due_at=due_at or run.now,
            error=error,
            counts=counts,
            spent=spent,
            open_children=given_up(run.step(place), error),
        )
    )


def given_up(step: Step | Leaf | None, error: StepError) -> tuple[UUID, ...]:
    """The subworkflow of a step that was not heard of in time: it may still be going on."""
    if isinstance(step, Working) and step.child and error.lost:
        return (step.child,)
    return ()


def end_failed(run: Run, error: StepError, node: str | None) -> None:
    run.record(
        e.ExecutionFailed(
            execution_id=run.id,
            error=error,
            node=node,
            parent=run.state.parent,
            followers=followers(run, "failed"),
            spent=spent_at_most(run.state),
            **all_open(run.state),
        )
    )


def followers(run: Run, end: str) -> tuple[UUID, ...]:
    return tuple(id_ for id_, on in run.followers.items() if on in (end, "any"))


def left_open(found: Iterable[Leaf]) -> dict[str, Any]:
    """Calls and subworkflows nobody waits for any more."""
    working = [leaf for leaf in found if isinstance(leaf, Working)]
    calls: tuple[CallRef, ...] = tuple(leaf.call for leaf in working if leaf.call)
    return {"open_calls": calls, "open_children": tuple(leaf.child for leaf in working if leaf.child)}


def spent_at_most(execution: Execution) -> Decimal:
    """When it ends now: what is under way may still cost what is reserved for it."""
    return execution.spent + reserved(leaf for _, leaf in leaves(execution.steps))


def all_open(execution: Execution) -> dict[str, Any]:
    return left_open(leaf for _, leaf in leaves(execution.steps))
