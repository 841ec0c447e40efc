"""The read side on Postgres: every question is one transaction inside the asker's scope."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from api.adapters import cursors
from api.adapters.authoring_reads import AuthoringReads
from api.adapters.money_reads import MoneyReads
from api.adapters.payment_reads import PostgresPaymentReads
from api.adapters.rate_reads import RateReads
from api.adapters.rows import billing, people
from api.adapters.run_reads import RunReads
from api.adapters.team_reads import PostgresTeamReads
from api.adapters.tenancy_reads import PostgresTenancyReads
from api.adapters.there import require_there
from api.reads import PLATFORM_SCOPE, Page
from api.rows.billing import BillRow, BudgetRow, LedgerRow, WalletRow
from api.rows.people import IdentityRow, MemberRow, UserRow
from infra.db.scope import Scope
from infra.eventstore import reading
from infra.eventstore.types import Payload
from projections import position as positions
from projections import taking_along
from projections.budgets import queries as budgets
from projections.holds import queries as holds
from projections.invoices import queries as invoices
from projections.ledger_entries import queries as entries
from projections.members import queries as members
from projections.month_totals import bills
from projections.standing import queries as standing
from projections.standing.queries import Change
from projections.users import queries as users
from projections.wallets import queries as wallets
from schemas.base import TenantId
from schemas.envelope import Answer, Recorded

ZERO = Decimal(0)


class PostgresReads(
    AuthoringReads,
    MoneyReads,
    PostgresPaymentReads,
    PostgresTeamReads,
    PostgresTenancyReads,
    RateReads,
    RunReads,
):
    """Beside runs and what tenants write: people, money, and the record itself."""

    async def user_by_index(self, scope: Scope, email_index: str) -> UserRow | None:
        return await self._one(scope, lambda conn: users.by_email_index(conn, email_index), people.user)

    async def user_by_identity(self, scope: Scope, subject_index: str) -> UserRow | None:
        return await self._one(scope, lambda conn: users.by_identity(conn, subject_index), people.user)

    async def identities_of(self, scope: Scope, user_id: UUID) -> list[IdentityRow]:
        async with self._scoped(scope) as conn:
            return [people.identity(row) for row in await users.identities_of(conn, user_id)]

    async def changes_of_standing(self, position: int, since: datetime) -> list[Change]:
        async with self._scoped(PLATFORM_SCOPE) as conn:
            return await standing.after(conn, position, since)

    async def rows_to_take_along(
        self, scope: Scope, table: str, tenant_id: UUID
    ) -> AsyncIterator[dict[str, Any]]:
        async with self._scoped(scope) as conn:
            async for row in taking_along.rows_of(conn, table, tenant_id):
                yield row

    async def memberships(self, scope: Scope, user_id: UUID) -> list[MemberRow]:
        async with self._scoped(scope) as conn:
            return [people.member(row) for row in await members.of_user(conn, user_id)]

    async def member(self, scope: Scope, place_id: UUID, user_id: UUID) -> MemberRow | None:
        return await self._one(scope, lambda conn: members.get(conn, place_id, user_id), people.member)

    async def members(self, scope: Scope, place_id: UUID, cursor: str | None, limit: int) -> Page[MemberRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await members.list_page(conn, place_id, before, limit + 1)
        return cursors.page(found, limit, people.key_of_member, people.member)

    async def user_by_id(self, scope: Scope, user_id: UUID) -> UserRow | None:
        return await self._one(scope, lambda conn: users.by_id(conn, user_id), people.user)

    async def ledger_entries(
        self, scope: Scope, cursor: str | None, limit: int, tenant_id: UUID | None, job_id: UUID | None
    ) -> Page[LedgerRow]:
        before = cursors.before(cursor)
        async with self._scoped(scope) as conn:
            found = await entries.list_page(
                conn, before, limit + 1, tenant_id or scope.tenant_id, job_id=job_id
            )
        return cursors.page(found, limit, billing.key_of_entry, billing.entry)

    async def bill(self, scope: Scope, tenant_id: UUID, period: str) -> BillRow:
        async with self._scoped(scope) as conn:
            total = await bills.get(conn, tenant_id, period)
            lines = await entries.bill_lines(conn, tenant_id, period)
            held = await holds.held(conn, tenant_id, period)
            carried = await invoices.carried_to(conn, tenant_id, period)
        return BillRow(
            tenant_id=TenantId(tenant_id),
            period=period,
            calls=total.calls,
            price=total.price,
            commission=total.commission,
            cost=total.cost,
            held=held,
            lines=[billing.line(line) for line in lines],
            carried=carried,
        )

    async def budgets(
        self, scope: Scope, cursor: str | None, limit: int, period: str, tenant_id: UUID | None
    ) -> Page[BudgetRow]:
        after = cursors.after_budget(cursor)
        async with self._scoped(scope) as conn:
            found = await budgets.list_page(conn, period, after, limit + 1, tenant_id)
        more = f"{found[limit - 1].level} {found[limit - 1].subject_id}" if len(found) > limit else None
        return Page([billing.budget(row) for row in found[:limit]], more)

    async def wallet(self, scope: Scope, tenant_id: UUID) -> WalletRow:
        async with self._scoped(scope) as conn:
            found = await wallets.get(conn, tenant_id)
            return billing.wallet(tenant_id, found, await wallets.top_ups(conn, tenant_id))

    async def command_answer(self, scope: Scope, message_id: UUID) -> Answer | None:
        async with self._scoped(scope) as conn:
            return await reading.answer(conn, message_id)

    async def events_of_stream(
        self, scope: Scope, stream_id: str, after_position: int, limit: int
    ) -> Sequence[Recorded]:
        async with self._scoped(scope) as conn:
            found = await reading.of_stream(conn, stream_id, after_position, limit)
        return require_there(found)

    async def payload(self, scope: Scope, name: str) -> Payload | None:
        async with self._scoped(scope) as conn:
            return await reading.payload(conn, name)

    async def wait_until(self, names: Sequence[str], position: int, seconds: float) -> bool:
        return await positions.wait_until(self._pool, names, position, seconds)
