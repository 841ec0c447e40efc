"""The read side on Postgres: every question is one transaction inside the asker's scope."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import TypeVar
from uuid import UUID

from api.adapters import cursors, rows
from api.adapters.money_reads import PostgresMoneyReads
from api.adapters.run_reads import Connection
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
from api.paging import Page
from api.reads import BillRow, LedgerRow, PartnerRow, TenantRow, UserRow
from api.waiting import WaitingRow
from infra.db.scope import Scope
from infra.eventstore import reading
from infra.eventstore.types import Payload
from projections import position as positions
from projections.agents import queries as agents
from projections.holds import queries as holds
from projections.ledger_entries import queries as entries
from projections.partners import queries as partners
from projections.run_queue import queries as run_queue
from projections.secrets import queries as secrets
from projections.tenant_bills import queries as bills
from projections.tenants import queries as tenants
from projections.tools import queries as tools
from projections.triggers import queries as triggers
from projections.users import queries as users
from projections.workflows import queries as workflows
from schemas.base import TenantId
from schemas.envelope import Answer, Recorded

R = TypeVar("R")
T = TypeVar("T")
ZERO = Decimal(0)


class PostgresReads(PostgresMoneyReads):
    """`pool`: connections that act as `hb_api`, which row-level security binds."""

    async def user_by_email(self, scope: Scope, email: str) -> UserRow | None:
        return await self._one(scope, lambda conn: users.by_email(conn, email), rows.user)

    async def user_by_id(self, scope: Scope, user_id: UUID) -> UserRow | None:
        return await self._one(scope, lambda conn: users.by_id(conn, user_id), rows.user)

    async def partner(self, scope: Scope, partner_id: UUID) -> PartnerRow | None:
        return await self._one(scope, lambda conn: partners.get(conn, partner_id), rows.partner)

    async def tenant(self, scope: Scope, tenant_id: UUID) -> TenantRow | None:
        return await self._one(scope, lambda conn: tenants.get(conn, tenant_id), rows.tenant)

    async def agent(self, scope: Scope, agent_id: UUID) -> AgentRow | None:
        return await self._one(scope, lambda conn: agents.get(conn, agent_id), rows.agent)

    async def agents(self, scope: Scope, cursor: str | None, limit: int) -> Page[AgentRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await agents.list_page(conn, before, limit + 1)
        return cursors.page(found, limit, rows.key_of, rows.agent)

    async def agent_versions(
        self, scope: Scope, agent_id: UUID, cursor: str | None, limit: int
    ) -> Page[AgentVersionRow]:
        before = cursors.before_number(cursor)
        async with self._scoped(scope) as conn:
            found = await agents.versions(conn, agent_id, before, limit + 1)
        return cursors.page_by_number(found, limit, rows.agent_version)

    async def workflow(self, scope: Scope, workflow_id: UUID) -> WorkflowRow | None:
        return await self._one(scope, lambda conn: workflows.get(conn, workflow_id), rows.workflow)

    async def workflows(self, scope: Scope, cursor: str | None, limit: int) -> Page[WorkflowRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await workflows.list_page(conn, before, limit + 1)
        return cursors.page(found, limit, rows.key_of, rows.workflow)

    async def trigger(self, scope: Scope, trigger_id: UUID) -> TriggerRow | None:
        return await self._one(scope, lambda conn: triggers.get(conn, trigger_id), rows.trigger)

    async def triggers(self, scope: Scope, cursor: str | None, limit: int) -> Page[TriggerRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await triggers.list_page(conn, before, limit + 1)
        return cursors.page(found, limit, rows.key_of, rows.trigger)

    async def deliveries(
        self, scope: Scope, trigger_id: UUID, cursor: str | None, limit: int
    ) -> Page[DeliveryRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await triggers.deliveries(conn, trigger_id, before, limit + 1)
        return cursors.page(found, limit, rows.key_of, rows.delivery)

    async def delivery(self, scope: Scope, trigger_id: UUID, occurrence: str) -> DeliveryRow | None:
        query = partial(triggers.delivery, trigger_id=trigger_id, occurrence=occurrence)
        return await self._one(scope, query, rows.delivery)

    async def hook(self, scope: Scope, trigger_id: UUID) -> HookRow | None:
        return await self._one(scope, lambda conn: triggers.hook(conn, trigger_id), rows.hook)

    async def workflow_version(self, scope: Scope, workflow_id: UUID, number: int) -> VersionRow | None:
        return await self._one(scope, lambda conn: workflows.version(conn, workflow_id, number), rows.version)

    async def workflow_versions(
        self, scope: Scope, workflow_id: UUID, cursor: str | None, limit: int
    ) -> Page[VersionRow]:
        before = cursors.before_number(cursor)
        async with self._scoped(scope) as conn:
            found = await workflows.versions(conn, workflow_id, before, limit + 1)
        return cursors.page_by_number(found, limit, rows.version_summary)

    async def tool(self, scope: Scope, tenant_id: UUID, name: str) -> ToolRow | None:
        return await self._one(scope, lambda conn: tools.get(conn, tenant_id, name), rows.tool)

    async def tools(self, scope: Scope, tenant_id: UUID, cursor: str | None, limit: int) -> Page[ToolRow]:
        after = cursors.after_name(cursor)
        async with self._scoped(scope) as conn:
            found = await tools.list_page(conn, tenant_id, after, limit + 1)
        return cursors.page_by_name(found, limit, rows.tool)

    async def secrets(self, scope: Scope, tenant_id: UUID, cursor: str | None, limit: int) -> Page[SecretRow]:
        after = cursors.after_name(cursor)
        async with self._scoped(scope) as conn:
            found = await secrets.list_page(conn, tenant_id, after, limit + 1)
        return cursors.page_by_name(found, limit, rows.secret)

    async def waiting(self, scope: Scope, execution_id: UUID) -> WaitingRow | None:
        async with self._scoped(scope) as conn:
            found = await run_queue.waiting(conn, execution_id)
        return WaitingRow(found.scope, found.limit, found.running, found.ahead) if found else None

    async def ledger_entries(
        self, scope: Scope, cursor: str | None, limit: int, tenant_id: UUID | None, job_id: UUID | None
    ) -> Page[LedgerRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await entries.list_page(conn, before, limit + 1, tenant_id=tenant_id, job_id=job_id)
        return cursors.page(found, limit, rows.key_of_entry, rows.entry)

    async def bill(self, scope: Scope, tenant_id: UUID, period: str) -> BillRow:
        async with self._scoped(scope) as conn:
            total = await bills.get(conn, tenant_id, period)
            lines = await entries.bill_lines(conn, tenant_id, period)
            held = await holds.held(conn, tenant_id, period)
        return BillRow(
            tenant_id=TenantId(tenant_id),
            period=period,
            calls=total.calls if total else 0,
            price=total.price_usd if total else ZERO,
            commission=total.commission_usd if total else ZERO,
            cost=total.cost_usd if total else ZERO,
            held=held,
            lines=[rows.line(line) for line in lines],
        )

    async def command_answer(self, scope: Scope, message_id: UUID) -> Answer | None:
        async with self._scoped(scope) as conn:
            return await reading.answer(conn, message_id)

    async def events_of_stream(
        self, scope: Scope, stream_id: str, after_position: int, limit: int
    ) -> Sequence[Recorded]:
        async with self._scoped(scope) as conn:
            return await reading.of_stream(conn, stream_id, after_position, limit)

    async def payload(self, scope: Scope, name: str) -> Payload | None:
        async with self._scoped(scope) as conn:
            return await reading.payload(conn, name)

    async def wait_until(self, names: Sequence[str], position: int, seconds: float) -> bool:
        return await positions.wait_until(self._pool, names, position, seconds)

    async def _one(
        self, scope: Scope, query: Callable[[Connection], Awaitable[R | None]], shown: Callable[[R], T]
    ) -> T | None:
        async with self._scoped(scope) as conn:
            found = await query(conn)
        return shown(found) if found is not None else None
