"""Questions about what tenants wrote: agents, workflows, triggers, tools, secrets."""

from functools import partial
from uuid import UUID

from api.adapters import cursors
from api.adapters.rows import authoring as rows
from api.adapters.scoped_reads import ScopedReads
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
from infra.db.scope import Scope
from projections.agents import queries as agents
from projections.secrets import queries as secrets
from projections.tools import queries as tools
from projections.triggers import queries as triggers
from projections.workflows import queries as workflows


class AuthoringReads(ScopedReads):
    async def agent(self, scope: Scope, agent_id: UUID) -> AgentRow | None:
        return await self._one(scope, lambda conn: agents.get(conn, agent_id), rows.agent)

    async def agents(self, scope: Scope, cursor: str | None, limit: int) -> Page[AgentRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await agents.list_page(conn, before, limit + 1, scope.tenant_id)
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
            found = await workflows.list_page(conn, before, limit + 1, scope.tenant_id)
        return cursors.page(found, limit, rows.key_of, rows.workflow)

    async def trigger(self, scope: Scope, trigger_id: UUID) -> TriggerRow | None:
        return await self._one(scope, lambda conn: triggers.get(conn, trigger_id), rows.trigger)

    async def triggers(self, scope: Scope, cursor: str | None, limit: int) -> Page[TriggerRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await triggers.list_page(conn, before, limit + 1, scope.tenant_id)
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
