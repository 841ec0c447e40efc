"""What a run knows of itself. Steps are in scopes; steps that have insides hold the scopes of those."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from schemas.authoring.definition import Source
from schemas.execution.chat import ChatMessage, ToolCall
from schemas.execution.types import CallRef, ForkRef, ParentRef, StepError, TriggerRef

Status = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled"]
ENDED = frozenset({"succeeded", "failed", "cancelled"})
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Working:
    """An attempt is under way: a provider call, a subworkflow's run, or an effect of ours.

    `repairs`: how many of the attempts asked again for an answer that did not fit its schema; `excused`: how
    many ended without a failure. `safe`: a tool's use that may be repeated when its outcome is unknown.
    `reserved`: the most it can cost; nothing once a call has told what it did.
    """

    attempt: int
    due_at: datetime | None = None
    call: CallRef | None = None
    child: UUID | None = None
    repairs: int = 0
    excused: int = 0
    spent: Decimal = NOTHING
    safe: bool = True
    reserved: Decimal = NOTHING
    kind: Literal["working"] = "working"


@dataclass(frozen=True, slots=True)
class Pausing:
    """Attempt `attempt` begins when its time comes."""

    attempt: int
    due_at: datetime
    repairs: int = 0
    excused: int = 0
    spent: Decimal = NOTHING
    kind: Literal["pausing"] = "pausing"


@dataclass(frozen=True, slots=True)
class PutOff:
    """Attempt `attempt` begins when enough of the run's ceiling is free."""

    attempt: int
    repairs: int = 0
    excused: int = 0
    spent: Decimal = NOTHING
    kind: Literal["put_off"] = "put_off"


@dataclass(frozen=True, slots=True)
class Waiting:
    attempt: int
    due_at: datetime
    event: str | None
    kind: Literal["waiting"] = "waiting"


@dataclass(frozen=True, slots=True)
class Approving:
    attempt: int
    purpose: Literal["approval", "tool", "unknown"]
    form: dict[str, Any] | None
    assignees: tuple[str, ...]
    due_at: datetime
    escalate_at: datetime | None
    escalate_to: tuple[str, ...]
    kind: Literal["approving"] = "approving"


@dataclass(frozen=True, slots=True)
class Done:
    output: Any
    kind: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Skipped:
    kind: Literal["skipped"] = "skipped"


@dataclass(frozen=True, slots=True)
class Failed:
    error: StepError
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Inner:
    """Inside a map, a loop or an agent: one item, iteration or round. `call` is an agent's model call."""

    index: int
    steps: "Mapping[str, Step]" = field(default_factory=dict)
    item: Any = None
    previous: Any = None
    call: "Leaf | None" = None
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapped:
    """A map under way. Ended items leave `open`; of a map that reduces, results leave once folded."""

    attempt: int
    items: tuple[Any, ...]
    open: Mapping[int, Inner] = field(default_factory=dict)
    results: Mapping[int, Any] = field(default_factory=dict)
    begun: int = 0
    ended: int = 0
    failures: int = 0
    total: Any = None
    folded: int = 0
    kind: Literal["mapped"] = "mapped"


@dataclass(frozen=True, slots=True)
class Looped:
    """A loop under way. `inner` None: between two iterations; `output` is the last one's."""

    attempt: int
    inner: Inner | None = None
    iterations: int = 0
    output: Any = None
    kind: Literal["looped"] = "looped"


@dataclass(frozen=True, slots=True)
class Conversing:
    """An agent under way. `messages` is all that was said, up to the last round that asked for tools."""

    attempt: int
    messages: tuple[ChatMessage, ...]
    inner: Inner
    spent: Decimal = NOTHING
    kind: Literal["conversing"] = "conversing"


Leaf = Annotated[
    Working | Pausing | PutOff | Waiting | Approving | Done | Skipped | Failed, Field(discriminator="kind")
]
Step = Annotated[
    Working | Pausing | PutOff | Waiting | Approving | Done | Skipped | Failed | Mapped | Looped | Conversing,
    Field(discriminator="kind"),
]
Container = Mapped | Looped | Conversing
Steps = Mapping[str, Step]
NO_STEPS: Steps = {}


class Execution(NamedTuple):
    """`length`: how many events there are; `signals` came before anybody waited for them.

    A tuple, because every event makes another one: that costs a sixth of what a frozen dataclass takes.
    """

    execution_id: UUID
    source: Source
    inputs: Mapping[str, Any]
    deadline: datetime
    idle_seconds: float | None = None
    status: Status = "running"
    steps: Steps = NO_STEPS
    priority: int = 5
    parent: ParentRef | None = None
    trigger: TriggerRef | None = None
    fork: ForkRef | None = None
    max_cost: Decimal | None = None
    spent: Decimal = NOTHING
    length: int = 1
    parked: bool = False
    signals: tuple[tuple[str, Any], ...] = ()

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def root_id(self) -> UUID:
        return self.parent.root_id if self.parent else self.execution_id
