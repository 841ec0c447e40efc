"""Takes a run as far as it can go without anything from outside: inside a scope first, then outwards."""

from collections.abc import Iterator

from contexts.execution.agents import converse
from contexts.execution.begin import begin, succeed
from contexts.execution.ceilings import NotYet, put_off
from contexts.execution.failing import end_failed, fail_item, fail_step, followers
from contexts.execution.paths import ROOT, Place, Scope, container, within
from contexts.execution.problems import StepProblem, bounded, filled, truth_of
from contexts.execution.reducing import fold
from contexts.execution.restarting import restart
from contexts.execution.run import Run
from contexts.execution.state import Done, Looped, Mapped, PutOff, Skipped, Steps
from contexts.execution.tree import leaves
from contexts.json_schemas import problems as misfits
from schemas.authoring.nodes import (
    AgentNode,
    BranchNode,
    Graph,
    LoopNode,
    MapNode,
    Node,
    TemplateNode,
    TransformNode,
)
from schemas.execution import events as e

ENDED = (Done, Skipped)
PURE = (TemplateNode, TransformNode, BranchNode)


def go_on(run: Run, at: Scope = ROOT) -> None:
    """Call it with the scope in which something ended."""
    climb(run, at)
    if run.state.max_cost is not None:
        begin_put_off(run)


def begin_put_off(run: Run) -> None:
    """What ended may have left something of the ceiling to those that wait for it."""
    for place, step in list(leaves(run.state.steps)):
        if run.going and isinstance(step, PutOff) and run.step(place) is step:
            restart(run, place, step.attempt)
            climb(run, place.scope)


def climb(run: Run, at: Scope) -> None:
    while run.going:
        if run.scope(at) is not None:
            fill(run, at)
            if run.going and run.scope(at) is not None:
                if not over(run, at):
                    return
                close(run, at)
        if not at or not run.going:
            return
        holder = container(at)
        if run.is_open(holder):
            pump(run, holder)
        if run.is_open(holder):
            return
        at = holder.scope


def fill(run: Run, at: Scope) -> None:
    """Begins, skips and finishes nodes until none is ready.

    Pure ones first: when one of them fails, nothing was asked for that nobody will wait for.
    """
    graph = run.graph(at)
    while run.going and (scope := run.scope(at)) is not None:
        ready = list(runnable(graph, scope.steps))
        if not ready:
            return
        pure = [(node, live) for node, live in ready if not live or isinstance(node, PURE)]
        for node, live in pure or ready:
            if run.going and run.scope(at) is not None:
                enter(run, Place(at, node.id), node, live)


def enter(run: Run, place: Place, node: Node, live: bool) -> None:
    if not live:
        return run.record(e.StepSkipped(execution_id=run.id, node=str(place)))
    try:
        begin(run, place, node, attempt=1)
    except StepProblem as problem:
        return fail_step(run, place, 1, problem.error)
    except NotYet as reason:
        return put_off(run, place, 1, reason)
    if run.is_open(place):
        pump(run, place)
    return None


def runnable(graph: Graph, steps: Steps) -> Iterator[tuple[Node, bool]]:
    """Nodes not begun whose parents have all ended, in the order they are written.

    Live: no parents, or some edge from a step that was not skipped, of the case its branch chose.
    """
    for node in graph.nodes:
        if node.id in steps:
            continue
        edges = graph.incoming[node.id]
        if all(isinstance(steps.get(edge.source), ENDED) for edge in edges):
            parents = ((edge, steps[edge.source]) for edge in edges)
            live = not edges or any(
                isinstance(parent, Done) and edge.case in (None, parent.output) for edge, parent in parents
            )
            yield node, live


def over(run: Run, at: Scope) -> bool:
    scope, graph = run.scope(at), run.graph(at)
    assert scope is not None
    return all(isinstance(scope.steps.get(node.id), ENDED) for node in graph.nodes)


def close(run: Run, at: Scope) -> None:
    """All steps of the scope have ended: its result goes to what it is in."""
    if not at:
        return finish(run)
    place, index = container(at), at[-1].number
    node, step = run.node(place), run.step(place)
    if isinstance(node, MapNode) and isinstance(step, Mapped):
        return close_item(run, place, node, step, index)
    if isinstance(node, LoopNode) and isinstance(step, Looped):
        return close_iteration(run, place, node, step, index)
    return None


def finish(run: Run) -> None:
    definition = run.release.definition
    try:
        output = bounded(filled(definition.output, run.values(ROOT)))
        require_fit(run, output)
    except StepProblem as problem:
        return end_failed(run, problem.error, None)
    ended = e.ExecutionSucceeded(
        execution_id=run.id,
        output=output,
        parent=run.state.parent,
        followers=followers(run, "succeeded"),
        spent=run.state.spent,
    )
    return run.record(ended)


def require_fit(run: Run, output: object) -> None:
    schema = run.release.definition.output_schema
    if schema and (found := misfits(schema, output)):
        path, message = found[0]
        raise StepProblem("execution.output_unfit", f"the output does not fit its schema: {path}: {message}")


def pump(run: Run, place: Place) -> None:
    """Takes a step with insides as far as it can go now."""
    node = run.node(place)
    match node:
        case MapNode():
            pump_map(run, place, node)
        case LoopNode():
            pump_loop(run, place, node)
        case AgentNode():
            converse(run, place, node)


def pump_map(run: Run, place: Place, node: MapNode) -> None:
    while run.going and isinstance(step := run.step(place), Mapped):
        if step.begun < len(step.items) and len(step.open) < node.max_concurrency:
            run.record(e.ItemBegun(execution_id=run.id, node=str(place), index=step.begun))
            enter_scope(run, within(place, step.begun))
        elif step.ended == len(step.items):
            return finish_map(run, place, node, step)
        else:
            return None
    return None


def enter_scope(run: Run, at: Scope) -> None:
    fill(run, at)
    if run.going and run.scope(at) is not None and over(run, at):
        close(run, at)


def finish_map(run: Run, place: Place, node: MapNode, step: Mapped) -> None:
    try:
        output = step.total if node.reduce else [step.results[index] for index in range(len(step.items))]
        succeed(run, place, bounded(output), step.attempt)
    except StepProblem as problem:
        fail_step(run, place, step.attempt, problem.error)


def close_item(run: Run, place: Place, node: MapNode, step: Mapped, index: int) -> None:
    try:
        output = bounded(filled(node.body.output, run.values(within(place, index))))
    except StepProblem as problem:
        return fail_item(run, place, step, index, problem.error)
    try:
        folded, total = fold(run, place, node, step, index, output)
    except StepProblem as problem:
        return fail_step(run, place, step.attempt, problem.error)
    succeeded = e.ItemSucceeded(
        execution_id=run.id, node=str(place), index=index, output=output, folded=folded, total=total
    )
    return run.record(succeeded)


def close_iteration(run: Run, place: Place, node: LoopNode, step: Looped, index: int) -> None:
    try:
        output = bounded(filled(node.body.output, run.values(within(place, index))))
        finished = is_finished(run, place, node, index, output)
    except StepProblem as problem:
        return fail_step(run, place, step.attempt, problem.error)
    run.record(e.ItemSucceeded(execution_id=run.id, node=str(place), index=index, output=output))
    if finished:
        succeed(run, place, output, step.attempt)
    return None


def is_finished(run: Run, place: Place, node: LoopNode, index: int, output: object) -> bool:
    if truth_of(node.until, run.values(within(place, index)), output=output):
        return True
    if index + 1 < node.max_iterations:
        return False
    if node.on_limit == "fail":
        message = f"not done after {node.max_iterations} iterations"
        raise StepProblem("execution.too_many_iterations", message)
    return True


def pump_loop(run: Run, place: Place, node: LoopNode) -> None:
    while run.going and isinstance(step := run.step(place), Looped) and step.inner is None:
        run.record(e.ItemBegun(execution_id=run.id, node=str(place), index=step.iterations))
        enter_scope(run, within(place, step.iterations))
