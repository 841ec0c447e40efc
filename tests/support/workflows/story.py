"""A random workflow with all that happens to it. Everything follows from the seed, however it is delivered.

A prompt and a message to a person say where they come from: `<run's key><path of the step>`. What the
provider or the person does about it is drawn from the seed, that key and how often it was asked.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal
from uuid import UUID

from schemas.authoring.definition import WorkflowDefinition
from schemas.execution.provider_error import ErrorClass
from schemas.execution.retrieval import Passage

Speaks = Literal["words", "number", "tools"]
Decision = Literal["approve", "refuse", "escalate", "silence", "supply"]
DisturbanceKind = Literal["cancel", "pause", "suspend", "worker_down"]
DISTURBANCES: tuple[DisturbanceKind, ...] = ("cancel", "pause", "suspend", "worker_down")
PASSING: tuple[ErrorClass, ...] = ("rate_limited", "overloaded", "connection", "stream_cut")
LASTING: tuple[ErrorClass, ...] = ("bad_request", "unauthorized", "content_filter")
UNFIT = "I would rather not say."
SAFE_TOOL, ONCE_TOOL = "lookup", "guarded"
"""The tools of every story: one may be used again when nobody knows what came of it, one must not."""

HURRIED_SECONDS = 2.0
"""An approval with no more time than this is left to its deadline."""

TOOL_TROUBLE = 0.1
NEVER_FITS, FITS_WHEN_TOLD = 0.08, 0.5
"""Of the answers that are to fit a schema: which share never do, and up to which they do once corrected."""

TOOL_REFUSED = "tool.bad_request"
SEARCH_REFUSED, SEARCH_BUSY = "knowledge.no_documents", "knowledge.busy"


@dataclass(frozen=True)
class Mood:
    """How likely each kind of trouble is when a node asks a provider, and how it answers otherwise."""

    speaks: Speaks = "words"
    passing: float = 0.0
    lasting: float = 0.0
    lost: float = 0.0


@dataclass(frozen=True)
class Reply:
    """`lost`: the provider did its work, and nobody hears of it. `tools`: names with their arguments."""

    text: str = ""
    tools: tuple[tuple[str, str], ...] = ()
    error: ErrorClass | None = None
    lost: bool = False


@dataclass(frozen=True)
class Disturbance:
    """What is done to the run from outside once it has taken so many steps."""

    kind: DisturbanceKind | Literal["none"] = "none"
    after: int = 0


@dataclass(frozen=True)
class Story:
    seed: int
    definition: WorkflowDefinition
    children: Mapping[UUID, WorkflowDefinition]
    moods: Mapping[str, Mood]
    signals: Mapping[str, Literal["early", "late", "never"]]
    disturbance: Disturbance = field(default_factory=Disturbance)
    steady: bool = False
    """For real processes, where it cannot be known how often somebody is asked: what comes of it in the end
    is the same. Tools are servers then."""

    useless: float = 0.0
    """The share of uses of tools and of searches that are refused, however often they are tried."""

    def drawn(self, key: str, what: str, n: int = 0) -> Random:
        return Random(f"{self.seed}/{key}/{what}/{n}")

    def reply(self, key: str, n: int, turn: int = 1) -> Reply:
        """What the provider says when it is asked for the n-th time with this key, counted from 1.

        `turn`: of a conversation, which of the provider's answers this is to be.
        """
        random, mood = self.drawn(key, "reply", n), self.moods[node_of(key)]
        if self.steady:
            return self.steadily(key, random, mood, turn)
        chance = random.random() - mood.lasting
        if chance < 0:
            return Reply(error=random.choice(LASTING))
        if chance < mood.passing:
            return Reply(error=random.choice(PASSING))
        if chance < mood.passing + mood.lost:
            return random.choice((Reply(lost=True), Reply(error="timeout")))
        return spoken(mood.speaks, key, n, random)

    def steadily(self, key: str, random: Random, mood: Mood, turn: int) -> Reply:
        """A refusal is for ever; what passes does so long before the last attempt."""
        if self.drawn(key, "lasting").random() < mood.lasting:
            return Reply(error="unauthorized")
        if random.random() < mood.passing:
            return Reply(error=random.choice(("rate_limited", "overloaded", "stream_cut")))
        if mood.speaks == "number":
            return Reply(json.dumps({"n": 1}) if self.fits(key, turn) else UNFIT)
        return spoken(mood.speaks, key, turn, self.drawn(key, "turn", turn))

    def fits(self, key: str, turn: int) -> bool:
        """Whether the answer fits its schema: a first one, or one after being told what is wrong."""
        chance = self.drawn(key, "fits").random()
        return chance >= (FITS_WHEN_TOLD if turn == 1 else NEVER_FITS)

    def decision(self, key: str, n: int, purpose: str) -> Decision:
        """What a person does who is asked for the n-th time about this key."""
        random = self.drawn(key, "person", n)
        if purpose == "unknown":
            return random.choice(("approve", "approve", "supply", "refuse"))
        decisions: tuple[Decision, ...] = ("approve", "approve", "approve", "refuse", "escalate")
        return random.choice(decisions if self.steady else (*decisions, "silence"))

    def used(self, arguments: dict[str, Any]) -> Any:
        """What a tool says to these arguments: the same, back."""
        return {"status": 200, "body": arguments} if self.steady else arguments

    def is_refused(self, key: str) -> bool:
        """A tool's use, or a search."""
        return self.drawn(key, "useless").random() < self.useless

    def search_is_busy(self, key: str, n: int) -> bool:
        """Whether whoever searches for the n-th time is to come again; the second time never."""
        return n == 1 and self.drawn(key, "search").random() < TOOL_TROUBLE

    def passages(self, key: str, top_k: int) -> list[Passage]:
        """What is found: fewer than asked for, as they come."""
        found = self.drawn(key, "passages").randint(0, top_k)
        return [
            Passage(document_id=f"d{n}", title=f"Title {n}", text=f"{key} {n}", score=1 / (n + 1))
            for n in range(found)
        ]

    def tool_is_down(self, key: str, n: int) -> bool:
        """Whether a server that is asked for the n-th time with this key says to come again."""
        return self.drawn(key, "tool", n).random() < TOOL_TROUBLE


def node_of(key: str) -> str:
    return key.rpartition(":")[2].rpartition("/")[2].rpartition(".")[2]


def spoken(speaks: Speaks, key: str, n: int, random: Random) -> Reply:
    match speaks:
        case "number":
            return Reply(UNFIT if random.random() < 0.2 else json.dumps({"n": n}))
        case "tools" if random.random() < 0.6:
            names = [random.choice(("lookup", "lookup", "guarded", "nothing")) for _ in range(1 + n % 2)]
            return Reply(tools=tuple((name, json.dumps({"q": f"{key} {n}"})) for name in names))
    return Reply(f"{key} said {n}")
