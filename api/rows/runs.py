"""What the edge shows of runs, step by step, and of what people are asked in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from schemas.base import PartnerId, TenantId
from schemas.execution.chat import Usage
from schemas.execution.types import QueueReason

ExecutionStatus = Literal["queued", "running", "waiting", "paused", "succeeded", "failed", "cancelled"]
ApprovalStatus = Literal["open", "answered", "abandoned"]
Outputs = Literal["equal", "different", "only_this", "only_other"]


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted; None: whatever it is."""

    status: ExecutionStatus | None = None
    source_id: UUID | None = None
    parent_id: UUID | None = None
    trigger_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    node: str
    status: str
    attempt: int
    output: Any
    error_code: str | None
    error_message: str | None
    kind: str | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    due_at: datetime | None = None
    reused_from: UUID | None = None


@dataclass(frozen=True, slots=True)
class ExecutionRow:
    """`queue_reason` is why it waited for its turn, `pause_reason` why it was paused last."""

    id: UUID
    tenant_id: TenantId
    status: ExecutionStatus
    source_kind: Literal["workflow", "agent"]
    source_id: UUID
    source_name: str
    source_version: int
    inputs: dict[str, Any]
    output: Any
    error_code: str | None
    error_message: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    steps: Sequence[StepRow] = ()
    partner_id: PartnerId | None = None
    source_hash: str = ""
    priority: int = 5
    max_cost: Decimal | None = None
    queued_at: datetime | None = None
    queue_reason: QueueReason | None = None
    pause_reason: str | None = None
    parent_id: UUID | None = None
    parent_node: str | None = None
    root_id: UUID | None = None
    fork_of: UUID | None = None
    trigger_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """At most `limit` runs may be under way at `scope`: tenant, partner or platform.

    `running`: now, at the tenant; when it was queued, elsewhere. `ahead`: runs of its tenant before it.
    """

    scope: str
    limit: int
    running: int
    ahead: int


@dataclass(frozen=True, slots=True)
class Spending:
    """What calls came to. The margin is negative when the commission is above the markup."""

    calls: int
    tokens: int
    price: Decimal
    commission: Decimal
    cost: Decimal

    @property
    def margin(self) -> Decimal:
        return self.price - self.commission - self.cost

    def __sub__(self, other: "Spending") -> "Spending":
        return Spending(
            self.calls - other.calls,
            self.tokens - other.tokens,
            self.price - other.price,
            self.commission - other.commission,
            self.cost - other.cost,
        )


@dataclass(frozen=True, slots=True)
class TimelineAttempt:
    """`inputs`: what it was given. `spent` None: no call of it is settled or written off."""

    attempt: int
    status: str
    model: str | None
    began_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    usage: Usage | None
    latency_ms: int | None
    finish_reason: str | None
    error_code: str | None
    error_message: str | None
    inputs: Any = None
    spent: Spending | None = None


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """`kind` None: a step that only computed. It has no attempts, nor has one that was reused."""

    node: str
    kind: str | None
    status: str
    attempt: int
    began_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    reused_from: UUID | None
    error_code: str | None
    error_message: str | None
    output: Any
    attempts: Sequence[TimelineAttempt] = ()


@dataclass(frozen=True, slots=True)
class StepPair:
    """A step path in this run and in the other."""

    node: str
    outputs: Outputs
    status: str | None
    other_status: str | None
    reused_from: UUID | None
    other_reused_from: UUID | None


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    id: UUID
    tenant_id: TenantId
    partner_id: PartnerId | None
    execution_id: UUID
    node: str
    attempt: int
    purpose: Literal["approval", "tool", "unknown"]
    status: ApprovalStatus
    message: str
    form: dict[str, Any] | None
    assignees: Sequence[str]
    deadline: datetime
    escalate_at: datetime | None
    escalate_to: Sequence[str]
    escalated_at: datetime | None
    approved: bool | None
    data: dict[str, Any] | None
    answered_by: str | None
    created_at: datetime
    closed_at: datetime | None
