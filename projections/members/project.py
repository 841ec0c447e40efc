"""Who has which role where."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import delete, merge
from schemas.base import PLATFORM
from schemas.envelope import Recorded
from schemas.identity import events as e

MEMBERS = merge("members", key=("place_id", "id"), changing=("email", "email_index", "name", "role"))
GONE = delete("members", key=("place_id", "id"))
RENAME = """
UPDATE {members} AS t SET name = r.name FROM json_populate_recordset(NULL::{members}, %s) AS r
WHERE t.id = r.id"""


@dataclass
class Batch:
    members: Rows = field(default_factory=Rows)
    renamed: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(GONE, batch.members.gone.values())
    await tx.write(MEMBERS, batch.members.rows.values())
    await tx.write(RENAME, batch.renamed.rows.values())


def granted(batch: Batch, recorded: Recorded, event: e.MembershipGranted) -> None:
    place, person = event.place, event.person
    batch.members.put(
        (place.id, person.user_id),
        recorded,
        place_id=place.id,
        id=person.user_id,
        tenant_id=place.tenant_id or PLATFORM,
        partner_id=place.partner_id,
        email=person.email,
        email_index=person.email_index,
        name=person.name,
        role=event.role,
    )


def changed(batch: Batch, recorded: Recorded, event: e.RoleChanged) -> None:
    key = (event.place.id, event.user_id)
    batch.members.put(key, recorded, place_id=event.place.id, id=event.user_id, role=event.role)


def revoked(batch: Batch, recorded: Recorded, event: e.MembershipRevoked) -> None:
    key = (event.place.id, event.user_id)
    batch.members.remove(key, recorded, place_id=event.place.id, id=event.user_id)


def renamed(batch: Batch, recorded: Recorded, event: e.UserRenamed) -> None:
    batch.renamed.put(event.user_id, recorded, id=event.user_id, name=event.name)


ON: Handlers[Batch] = {
    e.MembershipGranted: granted,
    e.RoleChanged: changed,
    e.MembershipRevoked: revoked,
    e.UserRenamed: renamed,
}

PROJECTION = Projection(
    name="members",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("members",),
    project=project,
)
