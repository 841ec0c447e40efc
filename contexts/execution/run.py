"""A decision under way: the state as it becomes, the events so far, and what may be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contexts.execution.evolve import evolve
from contexts.execution.facts import Followed, MostOf, free
from contexts.execution.paths import Place, Scope, container
from contexts.execution.state import Container, Done, Execution, Inner, Leaf, Skipped, Step, Steps
from contexts.execution.tree import scope_at, step_at
from contexts.templates import Values
from schemas.authoring.definition import Release
from schemas.authoring.nodes import AgentNode, Graph, LoopNode, MapNode, Node
from schemas.base import Event


class Run:
    """Mutable, and gone when the decision is made: `record` appends an event and evolves the state."""

    def __init__(
        self,
        state: Execution,
        release: Release,
        now: datetime,
        followers: Mapping[UUID, Followed] | None = None,
        most_of: MostOf = free,
    ) -> None:
        self.state, self.release, self.now = state, release, now
        self.followers, self.most_of = followers or {}, most_of
        self.events: list[Event] = []

    def record(self, event: Event) -> None:
        self.events.append(event)
        self.state = evolve(self.state, event)

    @property
    def id(self) -> UUID:
        return self.state.execution_id

    @property
    def going(self) -> bool:
        """Whether anything new may begin."""
        return self.state.status == "running"

    def step(self, place: Place) -> Step | Leaf | None:
        return step_at(self.state, place)

    def is_open(self, place: Place) -> bool:
        return isinstance(self.step(place), Container)

    def scope(self, scope: Scope) -> Execution | Inner | None:
        return scope_at(self.state, scope)

    def node(self, place: Place) -> Node:
        """The node of a step; of an agent's rounds and their tools: the agent's."""
        name = container(place.scope).name if place.name is None else place.name
        outer = place.scope[:-1] if place.name is None else place.scope
        if name in (found := self.graph(outer).by_id):
            return found[name]
        return self.node(container(outer))

    def graph(self, scope: Scope) -> Graph:
        """Empty inside an agent: its rounds are no nodes."""
        graph: Graph = self.release.definition
        for name, _ in scope:
            node = graph.by_id[name]
            if not isinstance(node, MapNode | LoopNode):
                return NO_NODES
            graph = node.body
        return graph

    def values(self, scope: Scope) -> "Known":
        """What may be referred to from a scope: its own steps and all around it."""
        steps, local = outputs(self.state.steps), dict[str, Any]()
        for depth in range(1, len(scope) + 1):
            inner, node = self.scope(scope[:depth]), self.node(container(scope[:depth]))
            if not isinstance(inner, Inner) or isinstance(node, AgentNode):
                break
            steps |= outputs(inner.steps)
            local |= around(inner, node)
        return Known(self.state.inputs, steps, local)


@dataclass(frozen=True, slots=True)
class Known:
    """Inputs by name, outputs by step id, and of the insides around: `item`, `index`, `previous`."""

    inputs: Mapping[str, Any]
    steps: Mapping[str, Any]
    local: Mapping[str, Any]

    def for_templates(self) -> Values:
        return Values(self.inputs, self.steps, self.local)

    def for_expressions(self) -> dict[str, Any]:
        steps = {name: {"output": output} for name, output in self.steps.items()}
        return {"inputs": self.inputs, "steps": steps, **self.local}


NO_NODES = Graph(nodes=())


def around(inner: Inner, node: Node) -> dict[str, Any]:
    if isinstance(node, MapNode):
        return {"item": inner.item, "index": inner.index}
    return {"index": inner.index, "previous": inner.previous}


def outputs(steps: Steps) -> dict[str, Any]:
    """Of what has ended; a skipped step's is null."""
    ended = {name: step.output for name, step in steps.items() if isinstance(step, Done)}
    return {**ended, **{name: None for name, step in steps.items() if isinstance(step, Skipped)}}
