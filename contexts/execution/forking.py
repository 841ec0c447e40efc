"""A new run of one that has ended. It takes its turn as any other."""

from collections.abc import Mapping
from typing import Any

from contexts.execution import errors, inputs
from contexts.execution.facts import StartFacts
from contexts.execution.reusing import changed_nodes
from contexts.execution.starting import begun_or_queued, require_free, startable, timeout_of
from contexts.execution.state import Execution
from contexts.kernel import Context
from schemas.authoring.definition import WorkflowDefinition
from schemas.base import Event
from schemas.execution.commands import ForkExecution
from schemas.execution.events import ExecutionStarted


def fork(state: Execution | None, command: ForkExecution, ctx: Context) -> list[Event]:
    """Finished steps are reused, but for `from_node`, those with another model, and all after them."""
    if state is not None:
        raise errors.ExecutionExists("This execution has been started already.")
    facts: StartFacts = ctx.facts
    require_free(facts.tenant_status)
    source, release = startable(facts, as_child=True)
    original = facts.original
    if original is None or original.source != source:
        raise errors.ExecutionNotFound("There is no such execution to fork.")
    if not original.ended:
        raise errors.NotEnded("Only a run that has ended can be forked.")
    given = {**original.inputs, **(command.inputs or {})}
    require_forkable(release.definition, command, given)
    event = ExecutionStarted(
        execution_id=command.execution_id,
        source=source,
        inputs=given,
        deadline=ctx.now + timeout_of(release.definition),
        idle_seconds=release.definition.idle_seconds,
        priority=command.priority,
        max_cost=original.max_cost,
        fork=command.fork,
    )
    return begun_or_queued(event, release, ctx)


def require_forkable(
    definition: WorkflowDefinition, command: ForkExecution, given: Mapping[str, Any]
) -> None:
    if unknown := changed_nodes(command.fork) - definition.by_id.keys():
        raise errors.UnknownNode(f"there is no node {', '.join(sorted(unknown))}")
    if wrong := inputs.problems(definition, given):
        raise errors.InvalidInputs("The inputs do not fit the definition.", wrong)
