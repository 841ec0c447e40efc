"""When a tenant's time is over, when it is erased, and when a name it gave up is free."""

from datetime import datetime, timedelta

from projections.fold import Handlers
from projections.timers.batch import SKEW, Batch, set_timer
from schemas.base import TenantId
from schemas.envelope import Recorded
from schemas.tenancy.erasure import AFTER_CLOSING, BeginErasure, ErasureBegun
from schemas.tenancy.events import TenantActivated, TenantProvisioned
from schemas.tenancy.life import (
    CloseTenant,
    FreeSubdomain,
    SubdomainChanged,
    SubdomainFreed,
    TenantClosed,
    TenantClosingBegun,
    TenantClosingWithdrawn,
)

UNCLAIMED = timedelta(days=90)
"""How long a tenant waits for its owner."""


def closes(batch: Batch, recorded: Recorded, tenant_id: TenantId, due_at: datetime) -> None:
    set_timer(batch, recorded, f"closing:{tenant_id}", due_at + SKEW, CloseTenant(tenant_id=tenant_id))


def provisioned(batch: Batch, recorded: Recorded, event: TenantProvisioned) -> None:
    closes(batch, recorded, event.tenant_id, recorded.recorded_at + UNCLAIMED)


def closing_begun(batch: Batch, recorded: Recorded, event: TenantClosingBegun) -> None:
    closes(batch, recorded, event.tenant_id, event.due_at)


def stays(batch: Batch, recorded: Recorded, event: TenantActivated | TenantClosingWithdrawn) -> None:
    name = f"closing:{event.tenant_id}"
    batch.timers.remove(name, recorded, name=name)


def closed(batch: Batch, recorded: Recorded, event: TenantClosed) -> None:
    name = f"closing:{event.tenant_id}"
    batch.timers.remove(name, recorded, name=name)
    given_up(batch, recorded, event.tenant_id, event.subdomain, event.free_at)
    due_at, command = recorded.recorded_at + AFTER_CLOSING, BeginErasure(tenant_id=event.tenant_id)
    set_timer(batch, recorded, f"erasing:{event.tenant_id}", due_at, command)


def erasure_begun(batch: Batch, recorded: Recorded, event: ErasureBegun) -> None:
    name = f"erasing:{event.tenant_id}"
    batch.timers.remove(name, recorded, name=name)


def changed(batch: Batch, recorded: Recorded, event: SubdomainChanged) -> None:
    taken = subdomain_name(event.tenant_id, event.subdomain)
    batch.timers.remove(taken, recorded, name=taken)
    given_up(batch, recorded, event.tenant_id, event.before, event.free_at)


def given_up(
    batch: Batch, recorded: Recorded, tenant_id: TenantId, subdomain: str, free_at: datetime
) -> None:
    command = FreeSubdomain(tenant_id=tenant_id, subdomain=subdomain)
    set_timer(batch, recorded, subdomain_name(tenant_id, subdomain), free_at + SKEW, command)


def freed(batch: Batch, recorded: Recorded, event: SubdomainFreed) -> None:
    name = subdomain_name(event.tenant_id, event.subdomain)
    batch.timers.remove(name, recorded, name=name)


def subdomain_name(tenant_id: TenantId, subdomain: str) -> str:
    return f"subdomain:{tenant_id}:{subdomain}"


ON: Handlers[Batch] = {
    TenantProvisioned: provisioned,
    TenantActivated: stays,
    TenantClosingBegun: closing_begun,
    TenantClosingWithdrawn: stays,
    TenantClosed: closed,
    ErasureBegun: erasure_begun,
    SubdomainChanged: changed,
    SubdomainFreed: freed,
}
