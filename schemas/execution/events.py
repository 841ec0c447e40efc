from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from schemas.authoring.definition import Source
from schemas.authoring.tools import ToolPin
from schemas.base import Event
from schemas.envelope import Problem
from schemas.execution.chat import ChatMessage, ChatRequest, ToolCall, Usage
from schemas.execution.types import (
    CallRef,
    ForkRef,
    ParentRef,
    QueueReason,
    StepError,
    StepPath,
    ToolRequest,
    TriggerRef,
)

PauseReason = Literal["user", "suspended"]


class ExecutionQueued(Event, type_name="execution.execution.queued", payloads=("inputs",)):
    """Accepted, and waiting for its turn until `deadline`. `weight` is what it counts in the round robin."""

    execution_id: UUID
    source: Source
    inputs: dict[str, Any]
    deadline: datetime
    priority: int
    weight: int
    reason: QueueReason
    max_cost: Decimal | None = None
    trigger: TriggerRef | None = None
    fork: ForkRef | None = None


class ExecutionRefused(Event, type_name="execution.execution.refused"):
    """What a trigger wanted to start cannot be started. There is no such run."""

    execution_id: UUID
    trigger: TriggerRef
    problem: Problem


class ExecutionStarted(Event, type_name="execution.execution.started", payloads=("inputs",)):
    """`root_id` is the run that a person, a trigger or a client started: itself, or above `parent`."""

    execution_id: UUID
    source: Source
    inputs: dict[str, Any]
    deadline: datetime
    idle_seconds: float | None = None
    priority: int = 5
    max_cost: Decimal | None = None
    parent: ParentRef | None = None
    trigger: TriggerRef | None = None
    fork: ForkRef | None = None

    @property
    def root_id(self) -> UUID:
        return self.parent.root_id if self.parent else self.execution_id


class StepScheduled(Event, type_name="execution.execution.step_scheduled"):
    """A step that does no provider call is to be performed, and must be reported by `due_at`."""

    execution_id: UUID
    node: StepPath
    attempt: int
    kind: str
    due_at: datetime | None = None


class CallRequested(Event, type_name="execution.execution.call_requested", payloads=("request",)):
    """A step wants a metered provider call; it waits for the ledger to authorise it.

    `reserved`: the most it can cost, kept free under the ceiling it is made under, if there is one.
    """

    execution_id: UUID
    node: StepPath
    attempt: int
    call: CallRef
    request: ChatRequest
    max_input_tokens: int
    due_at: datetime | None = None
    reserved: Decimal = Decimal(0)


class CallCompleted(Event, type_name="execution.execution.call_completed"):
    """`price`: what the tenant is charged, by the rates it was authorised at."""

    execution_id: UUID
    node: StepPath
    call: CallRef
    usage: Usage
    finish_reason: str
    provider_request_id: str | None
    latency_ms: int
    price: Decimal | None = None


class CallFailed(Event, type_name="execution.execution.call_failed"):
    """`error.lost`: the outcome is unknown. `usage`: what the provider was seen to spend, if anything."""

    execution_id: UUID
    node: StepPath
    call: CallRef
    error: StepError
    usage: Usage | None
    price: Decimal | None = None


class ToolRequested(Event, type_name="execution.execution.tool_requested", payloads=("request",)):
    """`safe`: it may be done again when its outcome is unknown."""

    execution_id: UUID
    node: StepPath
    attempt: int
    tool: ToolPin
    request: ToolRequest
    safe: bool
    timeout_seconds: float
    due_at: datetime


class RetrievalRequested(Event, type_name="execution.execution.retrieval_requested"):
    execution_id: UUID
    node: StepPath
    attempt: int
    query: str
    collection: str
    top_k: int
    due_at: datetime


class SubworkflowRequested(
    Event, type_name="execution.execution.subworkflow_requested", payloads=("inputs",)
):
    execution_id: UUID
    node: StepPath
    attempt: int
    child_id: UUID
    source: Source
    inputs: dict[str, Any]
    parent: ParentRef
    priority: int
    max_cost: Decimal | None
    due_at: datetime


class ApprovalRequested(Event, type_name="execution.execution.approval_requested"):
    """`purpose`: an approval node, the use of a tool by an agent, or what to do about an unknown outcome."""

    execution_id: UUID
    node: StepPath
    attempt: int
    purpose: Literal["approval", "tool", "unknown"]
    message: str
    form: dict[str, Any] | None
    assignees: tuple[str, ...]
    due_at: datetime
    escalate_at: datetime | None
    escalate_to: tuple[str, ...]


class ApprovalEscalated(Event, type_name="execution.execution.approval_escalated"):
    execution_id: UUID
    node: StepPath
    attempt: int
    to: tuple[str, ...]
    due_at: datetime


class ApprovalAnswered(Event, type_name="execution.execution.approval_answered"):
    """`by` is the actor, or `deadline`."""

    execution_id: UUID
    node: StepPath
    attempt: int
    approved: bool
    data: dict[str, Any]
    by: str


class WaitBegun(Event, type_name="execution.execution.wait_begun"):
    """Until `due_at`, or until the event of that name comes; without it the wait then fails."""

    execution_id: UUID
    node: StepPath
    attempt: int
    due_at: datetime
    event: str | None


class SignalReceived(Event, type_name="execution.execution.signal_received", payloads=("payload",)):
    execution_id: UUID
    name: str
    payload: Any
    by: str


class MapBegun(Event, type_name="execution.execution.map_begun", payloads=("items",)):
    execution_id: UUID
    node: StepPath
    attempt: int
    items: Any
    count: int
    initial: Any = None
    """Of a map that reduces: the total before the first result."""


class LoopBegun(Event, type_name="execution.execution.loop_begun", payloads=("initial",)):
    execution_id: UUID
    node: StepPath
    attempt: int
    initial: Any


class ItemBegun(Event, type_name="execution.execution.item_begun"):
    """An item of a map, or an iteration of a loop."""

    execution_id: UUID
    node: StepPath
    index: int


class ItemSucceeded(Event, type_name="execution.execution.item_succeeded", payloads=("output", "total")):
    """Of a map that reduces, `total` folds the results of all items before `folded`."""

    execution_id: UUID
    node: StepPath
    index: int
    output: Any
    folded: int | None = None
    total: Any = None


class ItemFailed(Event, type_name="execution.execution.item_failed", payloads=("total",)):
    """One item of a map failed. Nobody waits for what was open in it any more."""

    execution_id: UUID
    node: StepPath
    index: int
    error: StepError
    folded: int | None = None
    total: Any = None
    open_calls: tuple[CallRef, ...] = ()
    open_children: tuple[UUID, ...] = ()


class AgentBegun(Event, type_name="execution.execution.agent_begun", payloads=("messages",)):
    execution_id: UUID
    node: StepPath
    attempt: int
    messages: tuple[ChatMessage, ...]


class AgentTurned(Event, type_name="execution.execution.agent_turned"):
    """The model asked for tools in this round."""

    execution_id: UUID
    node: StepPath
    round: int
    content: str
    tool_calls: tuple[ToolCall, ...]


class AgentInformed(Event, type_name="execution.execution.agent_informed", payloads=("results",)):
    """The model is told what its tools said; the next round begins."""

    execution_id: UUID
    node: StepPath
    round: int
    results: tuple[ChatMessage, ...]


class StepSucceeded(Event, type_name="execution.execution.step_succeeded", payloads=("output",)):
    """`reused_from`: another run did the work, this one forked off it. `spent`: of a subworkflow."""

    execution_id: UUID
    node: StepPath
    attempt: int
    output: Any
    reused_from: UUID | None = None
    spent: Decimal = Decimal(0)


class StepSkipped(Event, type_name="execution.execution.step_skipped"):
    """No branch that was chosen leads here."""

    execution_id: UUID
    node: StepPath


class StepRetryPlanned(Event, type_name="execution.execution.step_retry_planned"):
    """Attempt `attempt` is to begin at `due_at`, because the one before it failed with `error`.

    Without `counts` it did not: the tenant was suspended, or the run paused when it had to be asked again.
    `spent`: of a subworkflow that failed; `open_children`: one that nobody waits for any more.
    """

    execution_id: UUID
    node: StepPath
    attempt: int
    due_at: datetime
    error: StepError
    counts: bool = True
    spent: Decimal = Decimal(0)
    open_children: tuple[UUID, ...] = ()


class StepPutOff(Event, type_name="execution.execution.step_put_off"):
    """Attempt `attempt` begins when enough of the run's ceiling is free again.

    It needs `needed`; `left` is what is neither spent nor reserved for what is under way.
    """

    execution_id: UUID
    node: StepPath
    attempt: int
    needed: Decimal
    left: Decimal


class StepFailed(Event, type_name="execution.execution.step_failed"):
    """Of a step with insides: nobody waits any more for the calls and subworkflows left open in it."""

    execution_id: UUID
    node: StepPath
    attempt: int
    error: StepError
    spent: Decimal = Decimal(0)
    open_calls: tuple[CallRef, ...] = ()
    open_children: tuple[UUID, ...] = ()


class ExecutionParked(Event, type_name="execution.execution.parked"):
    """Nothing is under way but waits and approvals: the run takes nobody's turn meanwhile."""

    execution_id: UUID


class ExecutionWoken(Event, type_name="execution.execution.woken"):
    execution_id: UUID


class ExecutionPaused(Event, type_name="execution.execution.paused"):
    execution_id: UUID
    reason: PauseReason
    by: str


class ExecutionResumed(Event, type_name="execution.execution.resumed"):
    execution_id: UUID
    by: str


class ExecutionSucceeded(Event, type_name="execution.execution.succeeded", payloads=("output",)):
    """`followers` are the triggers that wait for this end."""

    execution_id: UUID
    output: Any
    parent: ParentRef | None = None
    followers: tuple[UUID, ...] = ()
    spent: Decimal = Decimal(0)


class ExecutionFailed(Event, type_name="execution.execution.failed"):
    """`open_calls` are the provider calls nobody waits for any more, `open_children` the subworkflows."""

    execution_id: UUID
    error: StepError
    node: StepPath | None
    open_calls: tuple[CallRef, ...] = ()
    open_children: tuple[UUID, ...] = ()
    parent: ParentRef | None = None
    followers: tuple[UUID, ...] = ()
    spent: Decimal = Decimal(0)


class ExecutionCancelled(Event, type_name="execution.execution.cancelled"):
    """`forced`: terminated by an operator, from the stream alone."""

    execution_id: UUID
    reason: str
    by: str
    forced: bool = False
    open_calls: tuple[CallRef, ...] = ()
    open_children: tuple[UUID, ...] = ()
    parent: ParentRef | None = None
    spent: Decimal = Decimal(0)
