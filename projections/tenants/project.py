"""Customers and their status, what holds them back, and whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import delete, merge
from projections.tenants import holds
from schemas.base import TenantId
from schemas.envelope import Recorded
from schemas.tenancy import events as e
from schemas.tenancy import life
from schemas.tenancy.partners import PartnerTenantAdded, PartnerTenantRemoved

CHANGING = (
    *("partner_id", "name", "subdomain", "status", "status_reason", "max_runs", "monthly_budget"),
    *("settings", "branding", "closing_at", "closed_at"),
)
TENANTS = merge("tenants", key=("id",), changing=CHANGING)
HOLDS = merge("tenant_holds", key=("tenant_id", "cause"), changing=("held", "reason"))
LIFTED = delete("tenant_holds", key=("tenant_id", "cause"))
OWNED = merge("partner_tenants", key=("tenant_id",), changing=("partner_id", "since"))
NOT_OWNED = delete("partner_tenants", key=("tenant_id", "partner_id"))
NO_BUDGET = Decimal(-1)
NEVER = "infinity"
"""Of a closing that was withdrawn: null would leave what was there."""


@dataclass
class Batch:
    tenants: Rows = field(default_factory=Rows)
    holds: Rows = field(default_factory=Rows)
    owned: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(TENANTS, batch.tenants.rows.values())
    await tx.write(LIFTED, batch.holds.gone.values())
    await tx.write(HOLDS, batch.holds.rows.values())
    await tx.write(NOT_OWNED, batch.owned.gone.values())
    await tx.write(OWNED, batch.owned.rows.values())


def change(batch: Batch, recorded: Recorded, id_: TenantId, **fields: Any) -> None:
    """What led to an event may have begun under another partner than the one of now."""
    known = id_ in batch.tenants.rows
    row = batch.tenants.put(id_, recorded, id=id_, **fields)
    if not known and "partner_id" not in fields:
        row["partner_id"] = None


def provisioned(batch: Batch, recorded: Recorded, event: e.TenantProvisioned) -> None:
    change(
        batch,
        recorded,
        event.tenant_id,
        tenant_id=event.tenant_id,
        partner_id=event.partner_id,
        name=event.name,
        subdomain=event.subdomain,
        owner_user_id=event.owner.user_id if event.owner else None,
        monthly_budget=event.monthly_budget,
        status="provisioned",
    )


def activated(batch: Batch, recorded: Recorded, event: e.TenantActivated) -> None:
    change(batch, recorded, event.tenant_id, status="active")


def held(batch: Batch, recorded: Recorded, event: holds.HoldEvent) -> None:
    change(batch, recorded, event.tenant_id, status=event.status, status_reason=event.reason)
    holds.note(batch.holds, recorded, event)


def closing_begun(batch: Batch, recorded: Recorded, event: life.TenantClosingBegun) -> None:
    held(batch, recorded, event)
    change(batch, recorded, event.tenant_id, closing_at=event.due_at)


def closing_withdrawn(batch: Batch, recorded: Recorded, event: life.TenantClosingWithdrawn) -> None:
    held(batch, recorded, event)
    change(batch, recorded, event.tenant_id, closing_at=NEVER)


def closed(batch: Batch, recorded: Recorded, event: life.TenantClosed) -> None:
    change(
        batch,
        recorded,
        event.tenant_id,
        status="closed",
        status_reason=event.reason,
        closing_at=NEVER,
        closed_at=recorded.recorded_at,
    )
    holds.clear(batch.holds, recorded, event.tenant_id)


def limits_set(batch: Batch, recorded: Recorded, event: e.TenantLimitsSet) -> None:
    change(batch, recorded, event.tenant_id, max_runs=event.max_runs or 0)


def budget_set(batch: Batch, recorded: Recorded, event: e.TenantBudgetSet) -> None:
    limit = NO_BUDGET if event.monthly_budget is None else event.monthly_budget
    change(batch, recorded, event.tenant_id, monthly_budget=limit)


def revised(batch: Batch, recorded: Recorded, event: life.TenantRevised) -> None:
    said = {name: value for name, value in event if name != "tenant_id" and value is not None}
    change(batch, recorded, event.tenant_id, **said)


def renamed(batch: Batch, recorded: Recorded, event: life.SubdomainChanged) -> None:
    change(batch, recorded, event.tenant_id, subdomain=event.subdomain)


def transferred(batch: Batch, recorded: Recorded, event: life.TenantTransferred) -> None:
    change(batch, recorded, event.tenant_id, partner_id=event.to_partner)


def added(batch: Batch, recorded: Recorded, event: PartnerTenantAdded) -> None:
    who = {"tenant_id": event.tenant_id, "partner_id": event.partner_id}
    batch.owned.put(event.tenant_id, recorded, since=recorded.recorded_at, **who)


def removed(batch: Batch, recorded: Recorded, event: PartnerTenantRemoved) -> None:
    who = {"tenant_id": event.tenant_id, "partner_id": event.partner_id}
    batch.owned.remove(event.tenant_id, recorded, **who)


ON: Handlers[Batch] = {
    e.TenantProvisioned: provisioned,
    e.TenantActivated: activated,
    e.TenantPastDue: held,
    e.TenantRestricted: held,
    e.TenantSuspended: held,
    e.TenantReinstated: held,
    e.TenantLimitsSet: limits_set,
    e.TenantBudgetSet: budget_set,
    life.TenantRevised: revised,
    life.SubdomainChanged: renamed,
    life.TenantTransferred: transferred,
    life.TenantClosingBegun: closing_begun,
    life.TenantClosingWithdrawn: closing_withdrawn,
    life.TenantClosed: closed,
    PartnerTenantAdded: added,
    PartnerTenantRemoved: removed,
}

PROJECTION = Projection(
    name="tenants",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("tenants", "tenant_holds", "partner_tenants"),
    project=project,
)
