"""Whatever the graph and whatever the order of results: one end, and every node succeeded once."""

from collections import Counter
from collections.abc import Callable
from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contexts.execution.aggregate import EXECUTION
from contexts.execution.results import complete_call, complete_step
from contexts.execution.starting import start
from contexts.execution.state import Execution, Working
from contexts.kernel import Context
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import Node
from schemas.base import Event
from schemas.execution import events as e
from tests.support import runs
from tests.support.builders import llm, noop, text, workflow
from tests.support.spec import CTX

MAKE: dict[str, Callable[[str], Node]] = {"llm": llm, "noop": noop, "template": text}


@st.composite
def definitions(draw: st.DrawFn) -> WorkflowDefinition:
    """Edges lead from lower to higher numbers, nodes are written in any order."""
    kinds = draw(st.lists(st.sampled_from(sorted(MAKE)), min_size=1, max_size=12))
    nodes: list[Node] = [MAKE[kind](f"n{n}") for n, kind in enumerate(kinds)]
    pairs = [(f"n{a}", f"n{b}") for b in range(len(kinds)) for a in range(b)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return workflow(*draw(st.permutations(nodes)), edges=edges)


def decided(state: Execution, node: str, definition: WorkflowDefinition) -> list[Event]:
    ctx = context(runs.pinned(definition))
    working = state.steps[node]
    assert isinstance(working, Working)
    if working.call:
        return complete_call(state, runs.complete_call(node), ctx)
    return complete_step(state, runs.complete_step(node), ctx)


def context(facts: Any) -> Context:
    return Context(CTX.now, CTX.actor, CTX.tenant_id, CTX.partner_id, facts)


@given(definitions(), st.randoms(use_true_random=False))
def test_a_run_ends_once_with_every_node_done_once(definition: WorkflowDefinition, lot: Any) -> None:
    events = start(None, runs.start(), context(runs.startable(definition)))
    while open_nodes := waiting(folded(events)):
        node = lot.choice(open_nodes)
        assert_parents_done(definition, folded(events), node)
        events += decided(folded(events), node, definition)
    succeeded = Counter(event.node for event in events if isinstance(event, e.StepSucceeded))
    assert succeeded == Counter(node.id for node in definition.nodes)
    ends = [event for event in events if isinstance(event, e.ExecutionSucceeded | e.ExecutionFailed)]
    assert ends == [runs.done()] == events[-1:]


def folded(events: list[Event]) -> Execution:
    state: Execution = reduce(EXECUTION.evolve, events, None)
    return state


def waiting(state: Execution) -> list[str]:
    return sorted(node for node, step in state.steps.items() if isinstance(step, Working))


def assert_parents_done(definition: WorkflowDefinition, state: Execution, node: str) -> None:
    parents = [edge.source for edge in definition.edges if edge.target == node]
    assert not set(parents) & set(waiting(state)) and set(parents) <= state.steps.keys()
