"""Partners and tenants in memory, and what commands about them lead to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from api.paging import Page
from api.rows.people import HoldRow, PartnerRow, TenantRow
from infra.db.scope import Scope
from schemas.envelope import Envelope
from schemas.tenancy.types import Held
from tests.api.fake_runs import page

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


class FakeTenancyReads:
    def __init__(self) -> None:
        self.partner_rows: dict[UUID, PartnerRow] = {}
        self.tenant_rows: dict[UUID, TenantRow] = {}
        self.hold_rows: dict[UUID, dict[str, HoldRow]] = {}

    def sees(self, scope: Scope, tenant_id: UUID) -> bool:
        raise NotImplementedError

    def is_of_partner(self, scope: Scope, tenant_id: UUID) -> bool:
        tenant = self.tenant_rows.get(tenant_id)
        return tenant is not None and scope.partner_id == tenant.partner_id

    async def partner(self, scope: Scope, partner_id: UUID) -> PartnerRow | None:
        return self.partner_rows.get(partner_id) if sees_partner(scope, partner_id) else None

    async def partners(self, scope: Scope, cursor: str | None, limit: int) -> Page[PartnerRow]:
        return page(
            [row for id_, row in self.partner_rows.items() if sees_partner(scope, id_)], cursor, limit
        )

    async def tenant(self, scope: Scope, tenant_id: UUID) -> TenantRow | None:
        return self.tenant_rows.get(tenant_id) if self.sees(scope, tenant_id) else None

    async def tenants(
        self, scope: Scope, cursor: str | None, limit: int, partner_id: UUID | None, status: str | None
    ) -> Page[TenantRow]:
        found = [row for row in self.tenant_rows.values() if self.sees(scope, row.id)]
        found = [row for row in found if partner_id in (None, row.partner_id)]
        return page([row for row in found if status in (None, row.status)], cursor, limit)

    async def tenant_holds(self, scope: Scope, tenant_id: UUID) -> list[HoldRow]:
        return list(self.hold_rows.get(tenant_id, {}).values()) if self.sees(scope, tenant_id) else []

    async def tenant_by_subdomain(self, scope: Scope, subdomain: str) -> TenantRow | None:
        assert scope.platform
        found = (row for row in self.tenant_rows.values() if row.subdomain == subdomain)
        return next((row for row in found if row.status != "closed"), None)

    def hold(self, tenant_id: UUID, held: Held, reason: str) -> None:
        self.hold_rows.setdefault(tenant_id, {})["operator"] = HoldRow("operator", held, reason, NOW)
        self.tenant_rows[tenant_id] = replace(self.tenant_rows[tenant_id], status=held)


def sees_partner(scope: Scope, partner_id: UUID) -> bool:
    return scope.platform or scope.partner_id == partner_id


def suspend(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    reads.hold(command.tenant_id, "suspended", command.reason)


def restrict(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    reads.hold(command.tenant_id, "restricted", command.reason)


def reinstate(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    reads.hold_rows.pop(command.tenant_id, None)
    reads.tenant_rows[command.tenant_id] = replace(reads.tenant_rows[command.tenant_id], status="active")


def said(command: Any) -> dict[str, Any]:
    return {k: v for k, v in command if v is not None and k in ("name", "settings", "branding")}


def revise_partner(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    row = reads.partner_rows[command.partner_id]
    reads.partner_rows[command.partner_id] = replace(row, **said(command))


def close_partner(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    row = reads.partner_rows[command.partner_id]
    reads.partner_rows[command.partner_id] = replace(row, closed_at=NOW)


def revise_tenant(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, **said(command))


def change_subdomain(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, subdomain=command.subdomain)


def begin_closing(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, closing_at=NOW + timedelta(days=command.grace_days))


def withdraw_closing(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, closing_at=None)


def transfer(reads: FakeTenancyReads, envelope: Envelope, command: Any) -> None:
    change(reads, command, partner_id=command.to_partner)


def change(reads: FakeTenancyReads, command: Any, **changes: Any) -> None:
    row = reads.tenant_rows[command.tenant_id]
    reads.tenant_rows[command.tenant_id] = replace(row, **changes)


DECIDE: dict[str, Callable[[Any, Envelope, Any], None]] = {
    "SuspendTenant": suspend,
    "RestrictTenant": restrict,
    "ReinstateTenant": reinstate,
    "RevisePartner": revise_partner,
    "ClosePartner": close_partner,
    "ReviseTenant": revise_tenant,
    "ChangeSubdomain": change_subdomain,
    "BeginClosing": begin_closing,
    "WithdrawClosing": withdraw_closing,
    "TransferTenant": transfer,
}
