"""What a story gathers while it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal
from uuid import UUID

from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import Node
from schemas.authoring.parts import Edge, RetryPolicy
from tests.support.workflows.story import Mood, Speaks

When = Literal["early", "late", "never"]
"""When an event from outside comes: before its wait begins, or then, or not at all."""

MAX_STEPS = 24
"""Nodes of one story, those of bodies and subworkflows as well."""


@dataclass(frozen=True)
class Place:
    """Where nodes are drawn: how their key is written, and whether a wait of a name may be there."""

    depth: int
    key_template: str
    key_expression: str
    waits: bool = True

    def inside(self, node: str) -> "Place":
        """The body of a map or loop, whose first step is its key."""
        key = f"k{node}"
        return replace(
            self,
            depth=self.depth + 1,
            key_template=f"{{{{ steps.{key}.output }}}}",
            key_expression=f"steps.{key}.output",
            waits=False,
        )


@dataclass
class Drawn:
    """A graph: nodes, edges, and a template of its output."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    output: str = ""


@dataclass(frozen=True)
class Kinds:
    """What may be drawn: kinds without and with insides, the model asked, and whether a story is steady."""

    simple: tuple[str, ...]
    deep: tuple[str, ...]
    model: str
    steady: bool = False


@dataclass
class Drawing:
    """`grow` draws a graph, `publish` a workflow of its own for a subworkflow node to name."""

    random: Random
    kinds: Kinds
    trouble: float
    grow: "Callable[[Drawing, Place, str | None], Drawn]"
    publish: "Callable[[Drawing, Place], UUID]"
    children: dict[UUID, WorkflowDefinition] = field(default_factory=dict)
    moods: dict[str, Mood] = field(default_factory=dict)
    signals: dict[str, When] = field(default_factory=dict)
    drawn: int = 0

    def graph(self, at: Place, first: str | None = None) -> Drawn:
        return self.grow(self, at, first)

    def child(self, at: Place) -> UUID:
        return self.publish(self, at)

    def name(self) -> str:
        self.drawn += 1
        return f"n{self.drawn}"

    @property
    def full(self) -> bool:
        return self.drawn >= MAX_STEPS

    def retry(self) -> RetryPolicy:
        if self.kinds.steady:
            return RetryPolicy(max_attempts=10, base_seconds=0.05, cap_seconds=1.0)
        return RetryPolicy(max_attempts=self.random.randint(2, 4))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def mood(self, node: str, speaks: Speaks = "words", passing: bool = True) -> None:
        lasting, trouble = (self.trouble / 2 if self.chance(0.5) else 0.0), 0.12 if passing else 0.0
        self.moods[node] = Mood(speaks, passing=trouble, lasting=lasting, lost=trouble / 2)
