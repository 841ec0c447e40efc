"""What a fork takes from the run it goes on from: steps that are done, at no cost."""

from collections.abc import Iterator

from contexts.execution.run import Run
from contexts.execution.state import Done, Execution
from contexts.graph import descendants
from schemas.authoring.definition import WorkflowDefinition
from schemas.execution.events import StepSucceeded
from schemas.execution.types import ForkRef


def reuse_finished(run: Run, fork: ForkRef, original: Execution) -> None:
    """All but `from_node`, those with another model, and what comes after them."""
    redone = set(anew(run.release.definition, fork))
    for node in run.release.definition.nodes:
        step = original.steps.get(node.id)
        if node.id not in redone and isinstance(step, Done):
            run.record(reused(run, node.id, step, original))


def anew(definition: WorkflowDefinition, fork: ForkRef) -> Iterator[str]:
    edges = [(edge.source, edge.target) for edge in definition.edges]
    for changed in changed_nodes(fork):
        yield changed
        yield from descendants(edges, changed)


def changed_nodes(fork: ForkRef) -> set[str]:
    return {*fork.models} | ({fork.from_node} if fork.from_node else set())


def reused(run: Run, name: str, step: Done, original: Execution) -> StepSucceeded:
    return StepSucceeded(
        execution_id=run.id, node=name, attempt=1, output=step.output, reused_from=original.execution_id
    )
