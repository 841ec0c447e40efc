"""Invitations, pending and ended."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.base import PLATFORM
from schemas.envelope import Recorded
from schemas.identity import invitations as i

INVITATIONS = merge(
    "invitations",
    key=("id",),
    changing=("email", "email_index", "inviter", "token_hash", "status", "expires_at"),
)
SCRUBBED = ""


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    await tx.write(INVITATIONS, fold(ON, Rows(), events).rows.values())


def sent(rows: Rows, recorded: Recorded, event: i.InvitationSent) -> None:
    rows.put(
        event.invitation_id,
        recorded,
        id=event.invitation_id,
        place_id=event.place.id,
        place_name=event.place_name,
        tenant_id=event.place.tenant_id or PLATFORM,
        partner_id=event.place.partner_id,
        role=event.role,
        email=event.email,
        email_index=event.email_index,
        inviter=event.inviter,
        token_hash=event.token_hash,
        status="pending",
        expires_at=event.expires_at,
    )


def accepted(rows: Rows, recorded: Recorded, event: i.InvitationAccepted) -> None:
    ended(rows, recorded, event, "accepted")


def revoked(rows: Rows, recorded: Recorded, event: i.InvitationRevoked) -> None:
    ended(rows, recorded, event, "revoked")


def expired(rows: Rows, recorded: Recorded, event: i.InvitationExpired) -> None:
    ended(rows, recorded, event, "expired")


def ended(
    rows: Rows,
    recorded: Recorded,
    event: i.InvitationAccepted | i.InvitationRevoked | i.InvitationExpired,
    status: str,
) -> None:
    scrubbed = dict.fromkeys(("email", "email_index", "inviter", "token_hash"), SCRUBBED)
    rows.put(event.invitation_id, recorded, id=event.invitation_id, status=status, **scrubbed)


ON: Handlers[Rows] = {
    i.InvitationSent: sent,
    i.InvitationAccepted: accepted,
    i.InvitationRevoked: revoked,
    i.InvitationExpired: expired,
}

PROJECTION = Projection(
    name="invitations",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("invitations",),
    project=project,
)
