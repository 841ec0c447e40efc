"""What holds a tenant back, cause by cause."""

from projections.fold import Rows
from schemas.base import Event, TenantId
from schemas.envelope import Recorded
from schemas.tenancy import events as e
from schemas.tenancy import life

HoldEvent = (
    e.TenantPastDue
    | e.TenantRestricted
    | e.TenantSuspended
    | e.TenantReinstated
    | life.TenantClosingBegun
    | life.TenantClosingWithdrawn
)
HELD: dict[type[Event], str] = {
    e.TenantPastDue: "past_due",
    e.TenantRestricted: "restricted",
    e.TenantSuspended: "suspended",
    life.TenantClosingBegun: "restricted",
}
CAUSES = ("operator", "partner", "dunning", "closing")


def note(rows: Rows, recorded: Recorded, event: HoldEvent) -> None:
    cause = getattr(event, "cause", "closing")
    key = {"tenant_id": event.tenant_id, "cause": cause}
    if type(event) in HELD:
        rows.put((event.tenant_id, cause), recorded, **key, held=HELD[type(event)], reason=event.reason)
    else:
        rows.remove((event.tenant_id, cause), recorded, **key)


def clear(rows: Rows, recorded: Recorded, tenant_id: TenantId) -> None:
    for cause in CAUSES:
        rows.remove((tenant_id, cause), recorded, tenant_id=tenant_id, cause=cause)
