"""The edge's neighbours in memory: a read side with row-level security, a live feed, a clockless tarpit."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

from api.reads import Page
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
from api.rows.billing import BillLine, BillRow, BudgetRow, LedgerRow, WalletRow
from api.rows.people import IdentityRow, MemberRow, UserRow
from api.rows.runs import WaitingRow
from bus.live import LiveMessage
from infra.db.scope import Scope
from infra.eventstore.types import Payload
from projections.standing.queries import Change
from schemas.base import Event, TenantId
from schemas.envelope import Answer, Recorded
from schemas.identity.types import FactorKind
from tests.api.fake_money import FakeMoneyReads
from tests.api.fake_payments import FakePaymentReads
from tests.api.fake_rates import FakeRateReads
from tests.api.fake_runs import FakeRunReads, page
from tests.api.fake_teams import FakeTeamReads
from tests.api.fake_tenancy import FakeTenancyReads

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


class FakeReads(
    FakeTenancyReads, FakeMoneyReads, FakePaymentReads, FakeRunReads, FakeRateReads, FakeTeamReads
):
    """Rows of everybody; what a scope may not see is absent, as in Postgres."""

    def __init__(self) -> None:
        FakeTenancyReads.__init__(self)
        FakeMoneyReads.__init__(self)
        FakePaymentReads.__init__(self)
        FakeRunReads.__init__(self)
        FakeRateReads.__init__(self)
        FakeTeamReads.__init__(self)
        self.users: list[UserRow] = []
        self.member_rows: list[MemberRow] = []
        self.changes: list[Change] = []
        self.identities: dict[str, tuple[UUID, str]] = {}
        self.factors: dict[UUID, dict[UUID, FactorKind]] = {}
        self.queue: dict[UUID, WaitingRow] = {}
        self.agents_of: list[tuple[TenantId, AgentRow]] = []
        self.workflows_of: list[tuple[TenantId, WorkflowRow]] = []
        self.triggers_of: list[tuple[TenantId, TriggerRow]] = []
        self.hooks: dict[UUID, HookRow] = {}
        self.delivered: list[tuple[UUID, DeliveryRow]] = []
        self.agent_versions_of: list[tuple[TenantId, UUID, AgentVersionRow]] = []
        self.versions_of: list[tuple[TenantId, UUID, VersionRow]] = []
        self.tools_of: dict[tuple[UUID, str], ToolRow] = {}
        self.secrets_of: dict[tuple[UUID, str], SecretRow] = {}
        self.entries: list[LedgerRow] = []
        self.budget_rows: list[BudgetRow] = []
        self.wallet_rows: dict[UUID, WalletRow] = {}
        self.answers: dict[UUID, tuple[TenantId, Answer]] = {}
        self.payloads: list[tuple[TenantId, Payload]] = []
        self.log: list[Recorded] = []
        self.reached = 10**9
        self.waited: list[tuple[tuple[str, ...], int]] = []

    def sees(self, scope: Scope, tenant_id: UUID) -> bool:
        if scope.platform or scope.tenant_id == tenant_id:
            return True
        return self.is_of_partner(scope, tenant_id)

    def record(self, stream: str, tenant_id: TenantId, event: Event) -> Recorded:
        recorded = Recorded(
            position=len(self.log) + 1,
            stream=stream,
            version=sum(known.stream == stream for known in self.log) + 1,
            tenant_id=tenant_id,
            partner_id=None,
            actor="user:x",
            message_id=uuid4(),
            correlation_id=uuid4(),
            recorded_at=NOW,
            traceparent=None,
            event=event,
        )
        self.log.append(recorded)
        return recorded

    async def user_by_index(self, scope: Scope, email_index: str) -> UserRow | None:
        assert scope.platform
        return next((user for user in self.users if user.email_index == email_index), None)

    async def user_by_identity(self, scope: Scope, subject_index: str) -> UserRow | None:
        assert scope.platform
        user_id, _ = self.identities.get(subject_index, (None, ""))
        return await self.user_by_id(scope, user_id) if user_id else None

    async def identities_of(self, scope: Scope, user_id: UUID) -> list[IdentityRow]:
        assert scope.platform
        found = self.identities.items()
        return [IdentityRow(name, index, NOW) for index, (owner, name) in found if owner == user_id]

    async def changes_of_standing(self, position: int, since: datetime) -> list[Change]:
        return [change for change in self.changes if change.position > position]

    async def rows_to_take_along(
        self, scope: Scope, table: str, tenant_id: UUID
    ) -> AsyncIterator[dict[str, Any]]:
        assert scope.tenant_id == tenant_id
        if table == "members":
            for row in await self.members_at(tenant_id):
                yield {"id": str(row.id), "email": row.email, "name": row.name, "role": row.role}
        if table == "tenants":
            tenant = self.tenant_rows[TenantId(tenant_id)]
            yield {"id": str(tenant.id), "settings": tenant.settings.model_dump(mode="json")}

    async def members_at(self, place_id: UUID) -> list[MemberRow]:
        return [row for row in self.member_rows if row.place_id == place_id]

    async def memberships(self, scope: Scope, user_id: UUID) -> list[MemberRow]:
        return [row for row in self.member_rows if row.id == user_id and self.sees_member(scope, row)]

    async def member(self, scope: Scope, place_id: UUID, user_id: UUID) -> MemberRow | None:
        found = await self.memberships(scope, user_id)
        return next((row for row in found if row.place_id == place_id), None)

    async def members(self, scope: Scope, place_id: UUID, cursor: str | None, limit: int) -> Page[MemberRow]:
        rows = [row for row in self.member_rows if row.place_id == place_id]
        return page([row for row in rows if self.sees_member(scope, row)], cursor, limit)

    def sees_member(self, scope: Scope, row: MemberRow) -> bool:
        if scope.platform:
            return True
        if scope.tenant_id is not None:
            return row.tenant_id == scope.tenant_id
        return scope.partner_id is not None and row.partner_id == scope.partner_id

    async def user_by_id(self, scope: Scope, user_id: UUID) -> UserRow | None:
        return next((user for user in self.users if user.id == user_id), None)

    async def agent(self, scope: Scope, agent_id: UUID) -> AgentRow | None:
        return self._one(scope, self.agents_of, agent_id)

    async def agents(self, scope: Scope, cursor: str | None, limit: int) -> Page[AgentRow]:
        return page([row for owner, row in self.agents_of if self.sees(scope, owner)], cursor, limit)

    async def agent_versions(
        self, scope: Scope, agent_id: UUID, cursor: str | None, limit: int
    ) -> Page[AgentVersionRow]:
        return page(self._versions(scope, self.agent_versions_of, agent_id), cursor, limit)

    async def workflow_versions(
        self, scope: Scope, workflow_id: UUID, cursor: str | None, limit: int
    ) -> Page[VersionRow]:
        return page(self._versions(scope, self.versions_of, workflow_id), cursor, limit)

    async def workflow_version(self, scope: Scope, workflow_id: UUID, number: int) -> VersionRow | None:
        found = self._versions(scope, self.versions_of, workflow_id)
        return next((version for version in found if version.number == number), None)

    async def workflow(self, scope: Scope, workflow_id: UUID) -> WorkflowRow | None:
        return self._one(scope, self.workflows_of, workflow_id)

    async def workflows(self, scope: Scope, cursor: str | None, limit: int) -> Page[WorkflowRow]:
        return page([row for owner, row in self.workflows_of if self.sees(scope, owner)], cursor, limit)

    async def trigger(self, scope: Scope, trigger_id: UUID) -> TriggerRow | None:
        return self._one(scope, self.triggers_of, trigger_id)

    async def triggers(self, scope: Scope, cursor: str | None, limit: int) -> Page[TriggerRow]:
        return page([row for owner, row in self.triggers_of if self.sees(scope, owner)], cursor, limit)

    async def deliveries(
        self, scope: Scope, trigger_id: UUID, cursor: str | None, limit: int
    ) -> Page[DeliveryRow]:
        seen = await self.trigger(scope, trigger_id) is not None
        return page([row for id_, row in self.delivered if seen and id_ == trigger_id], cursor, limit)

    async def delivery(self, scope: Scope, trigger_id: UUID, occurrence: str) -> DeliveryRow | None:
        found = (await self.deliveries(scope, trigger_id, None, 100)).items
        return next((row for row in found if row.occurrence == occurrence), None)

    async def hook(self, scope: Scope, trigger_id: UUID) -> HookRow | None:
        assert scope.platform
        return self.hooks.get(trigger_id)

    async def tool(self, scope: Scope, tenant_id: UUID, name: str) -> ToolRow | None:
        return self.tools_of.get((tenant_id, name)) if self.sees(scope, tenant_id) else None

    async def tools(self, scope: Scope, tenant_id: UUID, cursor: str | None, limit: int) -> Page[ToolRow]:
        return page(self._named(scope, tenant_id, self.tools_of), cursor, limit)

    async def secrets(self, scope: Scope, tenant_id: UUID, cursor: str | None, limit: int) -> Page[SecretRow]:
        return page(self._named(scope, tenant_id, self.secrets_of), cursor, limit)

    async def waiting(self, scope: Scope, execution_id: UUID) -> WaitingRow | None:
        found = await self.execution(scope, execution_id)
        return self.queue.get(execution_id) if found else None

    async def ledger_entries(
        self, scope: Scope, cursor: str | None, limit: int, tenant_id: UUID | None, job_id: UUID | None
    ) -> Page[LedgerRow]:
        found = [row for row in self.entries if self.sees(scope, row.tenant_id)]
        found = [row for row in found if job_id in (None, row.execution_id)]
        return page([row for row in found if tenant_id in (None, row.tenant_id)], cursor, limit)

    async def bill(self, scope: Scope, tenant_id: UUID, period: str) -> BillRow:
        rows = [row for row in self.entries if row.tenant_id == tenant_id and self.sees(scope, tenant_id)]
        price = sum((row.price for row in rows), Decimal(0))
        commission = sum((row.commission for row in rows), Decimal(0))
        cost = sum((row.cost for row in rows), Decimal(0))
        lines = [BillLine("local/smollm2", len(rows), 43, price, commission, cost)] if rows else []
        held = Decimal("0E-12")
        carried = self.carried_of.get(tenant_id, [])
        return BillRow(TenantId(tenant_id), period, len(rows), price, commission, cost, held, lines, carried)

    async def budgets(
        self, scope: Scope, cursor: str | None, limit: int, period: str, tenant_id: UUID | None
    ) -> Page[BudgetRow]:
        found = [
            row
            for row in self.budget_rows
            if (self.sees(scope, row.tenant_id) if row.tenant_id else scope.platform)
            and tenant_id in (None, row.tenant_id)
        ]
        return page(found, cursor, limit)

    async def wallet(self, scope: Scope, tenant_id: UUID) -> WalletRow:
        empty = WalletRow(TenantId(tenant_id), "postpaid", Decimal(0), Decimal(0))
        return self.wallet_rows.get(tenant_id, empty) if self.sees(scope, tenant_id) else empty

    async def command_answer(self, scope: Scope, message_id: UUID) -> Answer | None:
        tenant_id, answer = self.answers.get(message_id, (None, None))
        return answer if tenant_id is not None and self.sees(scope, tenant_id) else None

    async def events_of_stream(
        self, scope: Scope, stream_id: str, after_position: int, limit: int
    ) -> Sequence[Recorded]:
        found = [one for one in self.log if one.stream == stream_id and one.position > after_position]
        return [one for one in found if self.sees(scope, one.tenant_id)][:limit]

    async def payload(self, scope: Scope, name: str) -> Payload | None:
        found = (p for owner, p in self.payloads if p.hash == name and self.sees(scope, owner))
        return next(found, None)

    async def wait_until(self, names: Sequence[str], position: int, seconds: float) -> bool:
        self.waited.append((tuple(names), position))
        return position <= self.reached

    def _named(self, scope: Scope, tenant_id: UUID, rows: dict[tuple[UUID, str], T]) -> list[T]:
        return [
            row for (owner, _), row in sorted(rows.items()) if owner == tenant_id and self.sees(scope, owner)
        ]

    def _versions(self, scope: Scope, rows: list[tuple[TenantId, UUID, T]], wanted: UUID) -> list[T]:
        return [row for owner, id_, row in rows if id_ == wanted and self.sees(scope, owner)]

    def _one(self, scope: Scope, rows: Iterable[tuple[TenantId, T]], wanted: UUID) -> T | None:
        found = (row for owner, row in rows if row.id == wanted and self.sees(scope, owner))  # type: ignore[attr-defined]
        return next(found, None)


class FakeLive:
    """Subscribers hear what is said after they subscribed."""

    def __init__(self) -> None:
        self.listening: list[asyncio.Queue[LiveMessage | None]] = []
        self.closed = 0
        self.heard = asyncio.Event()

    def say(self, message: LiveMessage | None) -> None:
        for queue in self.listening:
            queue.put_nowait(message)

    async def subscribe(self, stream_id: str, tenant_id: TenantId) -> AsyncIterator[LiveMessage]:
        queue: asyncio.Queue[LiveMessage | None] = asyncio.Queue()
        self.listening.append(queue)
        self.heard.set()
        return self._hear(queue)

    async def _hear(self, queue: asyncio.Queue[LiveMessage | None]) -> AsyncIterator[LiveMessage]:
        try:
            while (message := await queue.get()) is not None:
                yield message
        finally:
            self.listening.remove(queue)
            self.closed += 1


def parse_sse(text: str) -> list[dict[str, Any]]:
    frames = [frame for frame in text.split("\n\n") if frame and not frame.startswith((":", "retry"))]
    return [dict(line.split(": ", 1) for line in frame.split("\n")) for frame in frames]
