"""What is run while things are killed, and what must come out of it. All follows from the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import LlmNode
from schemas.authoring.parts import InputSpec, RetryPolicy
from schemas.execution.events import ExecutionCancelled, ExecutionFailed, ExecutionSucceeded
from tests.support.builders import noop, text, workflow
from tests.support.llm_script import Behaviour
from tests.support.workflows.expected import Given

End = ExecutionSucceeded | ExecutionFailed | ExecutionCancelled
MODEL = "openai/chaos"
SCRIPTED = "chaos"
RETRY = RetryPolicy(max_attempts=10, base_seconds=0.05, cap_seconds=1.0)
INPUTS = {"topic": InputSpec()}
CALLS_PER_RUN = 4
FAILURES = (
    (0.06, Behaviour(status=429, retry_after="0.1")),
    (0.10, Behaviour(status=500)),
    (0.14, Behaviour(cut_after=1)),
)
"""Each with the share of calls up to which it is the answer. All are tried again."""


NOT_STARTED = UUID(int=0)
"""The id of a run nobody has started yet: the API gives it."""


@dataclass(frozen=True)
class Pause:
    """Of a run: so many seconds after its start, for so many."""

    after: float
    seconds: float


@dataclass(frozen=True)
class Run:
    kind: str
    topic: str
    at: float
    tenant: int = 0
    cancel_after: float | None = None
    signals: tuple[tuple[str, float], ...] = ()
    pause: Pause | None = None
    id: UUID = NOT_STARTED

    @property
    def inputs(self) -> dict[str, str]:
        return {"topic": self.topic}

    @property
    def key(self) -> str:
        return self.topic

    def accepts(self, end: End, given: Given) -> bool:
        return isinstance(end, ExecutionSucceeded) and end.output == self.expected

    @property
    def expected(self) -> str:
        """The scripted server answers `ok: ` and what it was asked."""
        if self.kind == "chain":
            return f"<ok: about {self.topic}>"
        return f"ok: ok: {self.topic} | ok: {self.topic}"


def llm(node: str, prompt: str) -> LlmNode:
    return LlmNode(type="llm", id=node, model=MODEL, prompt=prompt, retry=RETRY, timeout_seconds=20)


DEFINITIONS: Mapping[str, WorkflowDefinition] = {
    "chain": workflow(
        text("ask", "about {{ inputs.topic }}"),
        llm("answer", "{{ steps.ask.output }}"),
        text("wrap", "<{{ steps.answer.output }}>"),
        edges=[("ask", "answer"), ("answer", "wrap")],
        inputs=INPUTS,
        output="{{ steps.wrap.output }}",
    ),
    "mixed": workflow(
        noop("wait"),
        llm("first", "{{ inputs.topic }}"),
        llm("second", "{{ steps.first.output }}"),
        text("join", "{{ steps.second.output }} | {{ steps.first.output }}"),
        edges=[("wait", "first"), ("first", "second"), ("second", "join")],
        inputs=INPUTS,
        output="{{ steps.join.output }}",
    ),
}


def runs(number: int, over_seconds: float, random: Random) -> list[Run]:
    """Spread over the time, one in three of the mixed kind."""
    kinds = ("chain", "chain", "mixed")
    moments = sorted(random.uniform(0, over_seconds) for _ in range(number))
    return [Run(kinds[n % 3], f"topic {n}", at) for n, at in enumerate(moments)]


def answers(number: int, random: Random) -> Sequence[Behaviour]:
    """How the provider behaves, call after call; in the end it behaves well."""
    return [*(answer(random) for _ in range(number * CALLS_PER_RUN)), Behaviour(delay_ms=20)]


def answer(random: Random) -> Behaviour:
    delay, chance = random.uniform(5, 50), random.random()
    for share, behaviour in FAILURES:
        if chance < share:
            return behaviour.model_copy(update={"delay_ms": delay})
    return Behaviour(delay_ms=delay)
