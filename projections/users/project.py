"""Users, with the password hash that login checks."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.base import PLATFORM
from schemas.envelope import Recorded
from schemas.identity.events import UserRegistered

USERS = merge("users", key=("id",), changing=("email", "name", "password_hash", "role"))


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    await tx.write(USERS, fold(ON, Rows(), events).rows.values())


def registered(rows: Rows, recorded: Recorded, event: UserRegistered) -> None:
    rows.put(
        event.user_id,
        recorded,
        id=event.user_id,
        tenant_id=event.tenant_id or PLATFORM,
        partner_id=event.partner_id,
        email=event.email,
        name=event.name,
        password_hash=event.password_hash,
        role=event.role,
    )


ON: Handlers[Rows] = {UserRegistered: registered}

PROJECTION = Projection(
    name="users",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("users",),
    project=project,
)
