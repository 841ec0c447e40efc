"""What the edge asks the read side; `api/rows` is what it gets. Row-level security decides what is seen."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from api.money_reads import MoneyReads
from api.paging import Page as Page
from api.payment_reads import PaymentReads
from api.rows.authoring import (
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
from api.rows.billing import BillRow, BudgetRow, LedgerRow, WalletRow
from api.rows.people import IdentityRow, MemberRow, UserRow
from api.rows.runs import (
    ApprovalRow,
    ApprovalStatus,
    ExecutionRow,
    RunFilter,
    Spending,
    StepPair,
    TimelineStep,
    WaitingRow,
)
from api.team_reads import TeamReads
from api.tenancy_reads import TenancyReads
from infra.db.scope import Scope
from infra.eventstore.types import Payload
from projections.ledger_entries.rows import LedgerEntry
from projections.rate_cards.queries import PartnerTerms, SystemRate
from projections.standing.queries import Change
from schemas.envelope import Answer, Recorded


class BadCursor(ValueError):
    """The text of a cursor is none this query gave out."""


PLATFORM_SCOPE = Scope(platform=True)


class Reads(MoneyReads, PaymentReads, TeamReads, TenancyReads, Protocol):
    """Every function sees what `scope` allows and takes the rest for absent.

    `cursor` is the `next` of an earlier page; one it did not write raises BadCursor.
    """

    async def user_by_index(self, scope: Scope, email_index: str) -> UserRow | None: ...

    async def user_by_id(self, scope: Scope, user_id: UUID) -> UserRow | None: ...

    async def user_by_identity(self, scope: Scope, subject_index: str) -> UserRow | None:
        """Who signs in with that account at another provider."""
        ...

    async def identities_of(self, scope: Scope, user_id: UUID) -> list[IdentityRow]:
        """Their accounts at other providers, oldest first."""
        ...

    async def changes_of_standing(self, position: int, since: datetime) -> list[Change]:
        """Of everybody's, after that position; see the projection."""
        ...

    def rows_to_take_along(self, scope: Scope, table: str, tenant_id: UUID) -> AsyncIterator[dict[str, Any]]:
        """All rows of a table of `projections/taking_along`."""
        ...

    async def memberships(self, scope: Scope, user_id: UUID) -> list[MemberRow]:
        """All places of one person, oldest first."""
        ...

    async def member(self, scope: Scope, place_id: UUID, user_id: UUID) -> MemberRow | None: ...

    async def members(
        self, scope: Scope, place_id: UUID, cursor: str | None, limit: int
    ) -> Page[MemberRow]: ...

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

    async def system_rates(
        self, scope: Scope, now: datetime, model: str | None = None, in_force: bool = False
    ) -> Sequence[SystemRate]:
        """By model, newest first, with what is to come and what was withdrawn."""
        ...

    async def partner_terms(
        self, scope: Scope, partner_id: UUID, now: datetime, in_force: bool = False
    ) -> Sequence[PartnerTerms]:
        """Widest first; of each scope the newest first."""
        ...

    async def settled_after(
        self, scope: Scope, period: str, partner_id: UUID | None, after: int, limit: int
    ) -> Sequence[LedgerEntry]:
        """A period's settled calls in the order they were settled in."""
        ...

    async def budgets(
        self, scope: Scope, cursor: str | None, limit: int, period: str, tenant_id: UUID | None
    ) -> Page[BudgetRow]:
        """Of partners, then of workflows and agents, then of tenants."""
        ...

    async def wallet(self, scope: Scope, tenant_id: UUID) -> WalletRow:
        """With the newest top-ups."""
        ...

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
