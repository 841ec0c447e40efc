"""What makes tokens stale that were issued before, and which tenants are held back."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args
from uuid import UUID

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.base import PLATFORM
from schemas.envelope import Recorded
from schemas.identity.events import MembershipRevoked, RoleChanged, UserDisabled, UserErased
from schemas.identity.support import ImpersonationEnded
from schemas.tenancy.events import TenantPastDue, TenantReinstated, TenantRestricted, TenantSuspended
from schemas.tenancy.life import TenantClosed, TenantClosingBegun, TenantClosingWithdrawn, TenantTransferred

Held = (
    TenantPastDue
    | TenantRestricted
    | TenantSuspended
    | TenantReinstated
    | TenantClosingBegun
    | TenantClosingWithdrawn
    | TenantClosed
)
STANDING = merge("standing", key=("kind", "id", "place_id"), changing=("state", "changed_at"))


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    await tx.write(STANDING, fold(ON, Rows(), events).rows.values())


def note(
    rows: Rows, recorded: Recorded, kind: str, id_: UUID, place_id: UUID = PLATFORM, state: str = ""
) -> None:
    rows.put(
        (kind, id_, place_id),
        recorded,
        kind=kind,
        id=id_,
        place_id=place_id,
        state=state,
        changed_at=recorded.recorded_at,
    )


def member(rows: Rows, recorded: Recorded, event: RoleChanged | MembershipRevoked) -> None:
    note(rows, recorded, "member", event.user_id, event.place.id)


def user(rows: Rows, recorded: Recorded, event: UserDisabled | UserErased) -> None:
    note(rows, recorded, "user", event.user_id)


def session(rows: Rows, recorded: Recorded, event: ImpersonationEnded) -> None:
    note(rows, recorded, "session", event.impersonation_id)


def tenant(rows: Rows, recorded: Recorded, event: Held) -> None:
    note(rows, recorded, "tenant", event.tenant_id, state=event.status)


def moved(rows: Rows, recorded: Recorded, event: TenantTransferred) -> None:
    """Tokens of its people name the partner before."""
    note(rows, recorded, "moved", event.tenant_id)


ON: Handlers[Rows] = {
    RoleChanged: member,
    MembershipRevoked: member,
    UserDisabled: user,
    UserErased: user,
    ImpersonationEnded: session,
    **dict.fromkeys(get_args(Held), tenant),
    TenantTransferred: moved,
}

PROJECTION = Projection(
    name="standing",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("standing",),
    project=project,
)
