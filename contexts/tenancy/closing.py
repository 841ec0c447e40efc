"""A tenant's end: wished for, thought over, for ever."""

from collections.abc import Sequence
from datetime import timedelta

from contexts.kernel import Context
from contexts.tenancy.errors import TenantNotClosing
from contexts.tenancy.holding import status_of
from contexts.tenancy.tenant import Tenant, found, open_own, without
from schemas.base import Event
from schemas.tenancy.erasure import BeginErasure, ErasureBegun, NoteErasure, TenantErased
from schemas.tenancy.life import (
    BeginClosing,
    CloseTenant,
    TenantClosed,
    TenantClosingBegun,
    TenantClosingWithdrawn,
    WithdrawClosing,
)
from schemas.tenancy.partners import PartnerTenantClosed
from schemas.tenancy.subdomains import QUARANTINE

UNCLAIMED = "Nobody took it over."


def begin_closing(state: Tenant | None, command: BeginClosing, ctx: Context) -> Sequence[Event]:
    """One that nobody ever used is closed at once."""
    tenant = open_own(state, command.tenant_id, ctx)
    if tenant.status == "provisioned":
        return closed(tenant, command.reason, ctx)
    if tenant.closing is not None:
        return []
    held = {**tenant.held, "closing": "restricted"}
    return [
        TenantClosingBegun(
            tenant_id=command.tenant_id,
            reason=command.reason,
            due_at=ctx.now + timedelta(days=command.grace_days),
            status=status_of(held),
        )
    ]


def withdraw_closing(
    state: Tenant | None, command: WithdrawClosing, ctx: Context
) -> list[TenantClosingWithdrawn]:
    tenant = open_own(state, command.tenant_id, ctx)
    if tenant.closing is None:
        raise TenantNotClosing(f"tenant {command.tenant_id} is not about to be closed")
    status = status_of(without(tenant.held, "closing"))
    return [TenantClosingWithdrawn(**dict(command), status=status)]


def close(state: Tenant | None, command: CloseTenant, ctx: Context) -> Sequence[Event]:
    """A closing that was withdrawn, or begun anew since, has another time. One nobody took over just goes."""
    tenant = found(state, command.tenant_id)
    if tenant.status == "provisioned":
        return closed(tenant, UNCLAIMED, ctx)
    if tenant.closing is None or ctx.now < tenant.closing.due_at:
        return []
    return closed(tenant, tenant.closing.reason, ctx)


def closed(tenant: Tenant, reason: str, ctx: Context) -> Sequence[Event]:
    who = {"tenant_id": tenant.tenant_id, "partner_id": tenant.partner_id}
    free_at = ctx.now + QUARANTINE
    return [
        TenantClosed(**who, reason=reason, subdomain=tenant.subdomain, free_at=free_at),
        PartnerTenantClosed(**who),
    ]


def begin_erasure(state: Tenant | None, command: BeginErasure, ctx: Context) -> list[ErasureBegun]:
    """Of what it wrote and ran. Once, and only of one that is closed."""
    tenant = found(state, command.tenant_id)
    if tenant.status != "closed" or tenant.erasing:
        return []
    return [ErasureBegun(tenant_id=command.tenant_id)]


def note_erasure(state: Tenant | None, command: NoteErasure, ctx: Context) -> list[TenantErased]:
    tenant = found(state, command.tenant_id)
    return [] if tenant.erased or not tenant.erasing else [TenantErased(**dict(command))]
