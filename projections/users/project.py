"""People who can log in, and the accounts at other providers they sign in with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import delete, merge
from schemas.base import PLATFORM
from schemas.envelope import Recorded
from schemas.identity import events as e

USERS = merge(
    "users", key=("id",), changing=("email", "email_index", "name", "verified", "disabled", "erased")
)
IDENTITIES = merge("user_identities", key=("subject_index",), changing=("user_id", "provider"))
UNLINKED = delete("user_identities", key=("subject_index",))
ERASED_IDENTITIES = delete("user_identities", key=("user_id",))
ERASED_TEXT = ""


@dataclass
class Batch:
    users: Rows = field(default_factory=Rows)
    identities: Rows = field(default_factory=Rows)
    erased: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(USERS, batch.users.rows.values())
    await tx.write(UNLINKED, batch.identities.gone.values())
    await tx.write(IDENTITIES, batch.identities.rows.values())
    await tx.write(ERASED_IDENTITIES, batch.erased.gone.values())


def registered(batch: Batch, recorded: Recorded, event: e.UserRegistered) -> None:
    batch.users.put(
        event.user_id,
        recorded,
        id=event.user_id,
        tenant_id=PLATFORM,
        partner_id=None,
        email=event.email,
        email_index=event.email_index,
        name=event.name,
        verified=event.verified,
        disabled=False,
        erased=False,
    )


def verified(batch: Batch, recorded: Recorded, event: e.EmailVerified) -> None:
    batch.users.put(event.user_id, recorded, id=event.user_id, verified=True)


def renamed(batch: Batch, recorded: Recorded, event: e.UserRenamed) -> None:
    batch.users.put(event.user_id, recorded, id=event.user_id, name=event.name)


def disabled(batch: Batch, recorded: Recorded, event: e.UserDisabled | e.UserEnabled) -> None:
    off = isinstance(event, e.UserDisabled)
    batch.users.put(event.user_id, recorded, id=event.user_id, disabled=off)


def linked(batch: Batch, recorded: Recorded, event: e.IdentityLinked) -> None:
    batch.identities.put(
        event.subject_index,
        recorded,
        subject_index=event.subject_index,
        tenant_id=PLATFORM,
        partner_id=None,
        user_id=event.user_id,
        provider=event.provider,
    )


def unlinked(batch: Batch, recorded: Recorded, event: e.IdentityUnlinked) -> None:
    batch.identities.remove(event.subject_index, recorded, subject_index=event.subject_index)


def erased(batch: Batch, recorded: Recorded, event: e.UserErased) -> None:
    batch.users.put(
        event.user_id,
        recorded,
        id=event.user_id,
        email=ERASED_TEXT,
        email_index=f"erased {event.user_id}",
        name=ERASED_TEXT,
        erased=True,
    )
    batch.erased.remove(event.user_id, recorded, user_id=event.user_id)


ON: Handlers[Batch] = {
    e.UserRegistered: registered,
    e.EmailVerified: verified,
    e.UserRenamed: renamed,
    e.UserDisabled: disabled,
    e.UserEnabled: disabled,
    e.IdentityLinked: linked,
    e.IdentityUnlinked: unlinked,
    e.UserErased: erased,
}

PROJECTION = Projection(
    name="users",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("users", "user_identities"),
    project=project,
)
