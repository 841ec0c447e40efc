"""What the edge asks the read side, and the rows it gets. Row-level security decides what is seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol
from uuid import UUID

from api.authoring_rows import (
    AgentRow,
    AgentVersionRow,
    DeliveryRow,
    HookRow,
    SecretRow,
    ToolRow,
    TriggerRow,
    VersionRow,
    WorkflowRow,
)
from api.money_reads import MoneyReads
from api.paging import Page
from api.run_rows import ApprovalRow, ApprovalStatus, Spending, StepPair, TimelineStep
from api.waiting import WaitingRow
from infra.db.scope import Scope
from infra.eventstore.types import Payload
from schemas.access import Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.billing.types import Posting, Pricing
from schemas.envelope import Answer, Recorded
from schemas.execution.chat import Usage
from schemas.execution.types import QueueReason
from schemas.tenancy.types import TenantStatus

ExecutionStatus = Literal["queued", "running", "waiting", "paused", "succeeded", "failed", "cancelled"]


class BadCursor(ValueError):
    """The text of a cursor is none this query gave out."""


PLATFORM_SCOPE = Scope(platform=True)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted; None: whatever it is."""

    status: ExecutionStatus | None = None
    source_id: UUID | None = None
    parent_id: UUID | None = None
    trigger_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class UserRow:
    id: UserId
    email: str
    name: str
    password_hash: str
    role: Role
    partner_id: PartnerId | None
    tenant_id: TenantId | None


@dataclass(frozen=True, slots=True)
class PartnerRow:
    id: PartnerId
    name: str
    markup_percent: Decimal
    commission_percent: Decimal
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TenantRow:
    id: TenantId
    partner_id: PartnerId
    name: str
    subdomain: str
    status: TenantStatus
    monthly_budget: Decimal | None
    created_at: datetime
    max_runs: int | None = None


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


def margin(row: "LedgerRow | BillLine | BillRow") -> Decimal:
    """What the platform keeps. Less than nothing when the partner's commission is above the markup."""
    return row.price - row.commission - row.cost


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One provider call that was settled, or that was written off: `pricing` is absent then."""

    ref: str
    position: int
    kind: Literal["settle", "write_off"]
    tenant_id: TenantId
    recorded_at: datetime
    execution_id: UUID
    node: str
    attempt: int
    model: str | None
    usage: Usage
    price: Decimal
    commission: Decimal
    cost: Decimal
    degraded: bool
    pricing: Pricing | None = None
    postings: Sequence[Posting] = ()

    @property
    def margin(self) -> Decimal:
        return margin(self)


@dataclass(frozen=True, slots=True)
class BillLine:
    model: str
    calls: int
    tokens: int
    price: Decimal
    commission: Decimal
    cost: Decimal

    @property
    def margin(self) -> Decimal:
        return margin(self)


@dataclass(frozen=True, slots=True)
class BillRow:
    """What one tenant used in one month. A month without use is a bill of zero, not a missing one."""

    tenant_id: TenantId
    period: str
    calls: int
    price: Decimal
    commission: Decimal
    cost: Decimal
    held: Decimal
    lines: Sequence[BillLine] = ()

    @property
    def margin(self) -> Decimal:
        return margin(self)


class Reads(MoneyReads, Protocol):
    """Every function sees what `scope` allows and takes the rest for absent.

    `cursor` is the `next` of an earlier page; one it did not write raises BadCursor.
    """

    async def user_by_email(self, scope: Scope, email: str) -> UserRow | None: ...

    async def user_by_id(self, scope: Scope, user_id: UUID) -> UserRow | None: ...

    async def partner(self, scope: Scope, partner_id: UUID) -> PartnerRow | None: ...

    async def tenant(self, scope: Scope, tenant_id: UUID) -> TenantRow | None: ...

    async def agent(self, scope: Scope, agent_id: UUID) -> AgentRow | None: ...

    async def agents(self, scope: Scope, cursor: str | None, limit: int) -> Page[AgentRow]: ...

    async def agent_versions(
        self, scope: Scope, agent_id: UUID, cursor: str | None, limit: int
    ) -> Page[AgentVersionRow]:
        """Newest first."""
        ...

    async def workflow(self, scope: Scope, workflow_id: UUID) -> WorkflowRow | None: ...

    async def workflows(self, scope: Scope, cursor: str | None, limit: int) -> Page[WorkflowRow]: ...

    async def trigger(self, scope: Scope, trigger_id: UUID) -> TriggerRow | None: ...

    async def triggers(self, scope: Scope, cursor: str | None, limit: int) -> Page[TriggerRow]: ...

    async def deliveries(
        self, scope: Scope, trigger_id: UUID, cursor: str | None, limit: int
    ) -> Page[DeliveryRow]:
        """Newest first."""
        ...

    async def delivery(self, scope: Scope, trigger_id: UUID, occurrence: str) -> DeliveryRow | None: ...

    async def hook(self, scope: Scope, trigger_id: UUID) -> HookRow | None:
        """None when it is no webhook."""
        ...

    async def workflow_version(self, scope: Scope, workflow_id: UUID, number: int) -> VersionRow | None: ...

    async def workflow_versions(
        self, scope: Scope, workflow_id: UUID, cursor: str | None, limit: int
    ) -> Page[VersionRow]:
        """Newest first."""
        ...

    async def tool(self, scope: Scope, tenant_id: UUID, name: str) -> ToolRow | None: ...

    async def tools(self, scope: Scope, tenant_id: UUID, cursor: str | None, limit: int) -> Page[ToolRow]:
        """By name."""
        ...

    async def secrets(self, scope: Scope, tenant_id: UUID, cursor: str | None, limit: int) -> Page[SecretRow]:
        """By name."""
        ...

    async def execution(self, scope: Scope, execution_id: UUID) -> ExecutionRow | None:
        """With its first steps."""
        ...

    async def run(self, scope: Scope, execution_id: UUID) -> ExecutionRow | None:
        """Without them."""
        ...

    async def executions(
        self, scope: Scope, cursor: str | None, limit: int, wanted: RunFilter
    ) -> Page[ExecutionRow]:
        """Newest first, without steps."""
        ...

    async def spending(self, scope: Scope, execution_id: UUID, with_children: bool = False) -> Spending:
        """What a run, and if asked the runs it started, came to so far."""
        ...

    async def timeline(
        self, scope: Scope, execution_id: UUID, cursor: str | None, limit: int
    ) -> Page[TimelineStep]:
        """In the order the steps began."""
        ...

    async def pure_steps(self, scope: Scope, execution_id: UUID) -> int: ...

    async def step_pairs(
        self, scope: Scope, execution_id: UUID, other_id: UUID, cursor: str | None, limit: int
    ) -> Page[StepPair]:
        """The step paths of two runs side by side, by name."""
        ...

    async def approval(self, scope: Scope, execution_id: UUID, node: str) -> ApprovalRow | None: ...

    async def approvals(
        self,
        scope: Scope,
        cursor: str | None,
        limit: int,
        status: ApprovalStatus | None,
        answerable_by: Sequence[str] | None,
    ) -> Page[ApprovalRow]:
        """Newest first. `answerable_by`: a user's id, e-mail address and role."""
        ...

    async def waiting(self, scope: Scope, execution_id: UUID) -> WaitingRow | None:
        """Why a run waits for its turn; None when it does not."""
        ...

    async def ledger_entries(
        self, scope: Scope, cursor: str | None, limit: int, tenant_id: UUID | None, job_id: UUID | None
    ) -> Page[LedgerRow]:
        """Newest first."""
        ...

    async def bill(self, scope: Scope, tenant_id: UUID, period: str) -> BillRow: ...

    async def command_answer(self, scope: Scope, message_id: UUID) -> Answer | None: ...

    async def events_of_stream(
        self, scope: Scope, stream_id: str, after_position: int, limit: int
    ) -> Sequence[Recorded]:
        """In order, from the event store itself: what is committed is seen at once."""
        ...

    async def payload(self, scope: Scope, name: str) -> Payload | None:
        """A large value of an event, by its hash."""
        ...

    async def wait_until(self, names: Sequence[str], position: int, seconds: float) -> bool:
        """True when all these projections have passed the position, False when the time is up first."""
        ...
