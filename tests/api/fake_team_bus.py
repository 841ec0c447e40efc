"""What becomes of commands about who is let in, as rows. The rules themselves are the real ones."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from api.rows.people import MemberRow, UserRow
from api.rows.teams import ConsentRow, ImpersonationRow, InvitationRow, KeyRow, ServiceRow
from contexts.identity.facts import PlaceFacts, SupportFacts
from contexts.identity.registry import REGISTRY
from contexts.kernel import Context, Handler
from projections.standing.queries import Change
from schemas.access import Role
from schemas.base import PLATFORM, Event
from schemas.envelope import Envelope
from schemas.identity import events as e
from schemas.identity import invitations as i
from schemas.identity import services as s
from schemas.identity import support as p
from tests.api.fakes import NOW, FakeReads

HANDLERS: dict[str, Handler] = {handler.command.__name__: handler for handler in REGISTRY.handlers}
DECIDED = (
    *("Invite", "RevokeInvitation", "AcceptInvitation", "ChangeRole", "RevokeMembership"),
    *("CreateService", "SetServiceRole", "CloseService", "IssueKey", "RotateKey", "RevokeKey"),
    *("StartImpersonation", "EndImpersonation", "RevokeImpersonation"),
    *("AllowSupportWrites", "WithdrawSupportWrites"),
)


def decide(reads: FakeReads, envelope: Envelope, command: Any) -> None:
    """By the rules, on what was decided on this stream before. Raises Rejection."""
    handler = HANDLERS[type(command).__name__]
    known = [recorded.event for recorded in reads.log if recorded.stream == command.stream_id]
    before = reads.founded.setdefault(command.stream_id, founding(reads, command))
    state = reduce(handler.aggregate.evolve, [*before, *known], None)
    ctx = Context(
        now=datetime.now(UTC),
        actor=envelope.actor,
        tenant_id=envelope.tenant_id,
        partner_id=envelope.partner_id,
        facts=facts_for(reads, command),
    )
    for event in handler.decide(state, command, ctx):
        reads.record(command.stream_id, envelope.tenant_id, event)
        show(reads, envelope, event)


def founding(reads: FakeReads, command: Any) -> Sequence[Event]:
    """Teams are there from the beginning of a test."""
    if not command.stream_id.startswith("team-"):
        return ()
    rows = [row for row in reads.member_rows if row.place_id == command.place.id]
    return [granted(reads, command.place, row) for row in rows]


def granted(reads: FakeReads, place: Any, row: MemberRow) -> e.MembershipGranted:
    user = next(user for user in reads.users if user.id == row.id)
    who = {"user_id": row.id, "email": row.email, "email_index": user.email_index, "name": row.name}
    return e.MembershipGranted(place=place, person=who, role=row.role)


def facts_for(reads: FakeReads, command: Any) -> PlaceFacts | SupportFacts | None:
    if isinstance(command, i.Invite):
        return PlaceFacts(closed=False)
    if not isinstance(command, p.StartImpersonation):
        return None
    at = (command.tenant_id, command.user_id)
    roles = [row.role for row in reads.member_rows if (row.place_id, row.id) == at]
    return SupportFacts(role=roles[0] if roles else None)


def show(reads: FakeReads, envelope: Envelope, event: Any) -> None:
    SHOW[type(event)](reads, envelope, event)


def invitation_sent(reads: FakeReads, envelope: Envelope, event: i.InvitationSent) -> None:
    id_, at = event.invitation_id, event.place
    sealed = event.email, event.email_index, event.inviter
    row = InvitationRow(id_, at, event.place_name, event.role, *sealed, "pending", event.expires_at, NOW)
    reads.invitation_rows[id_] = row
    others = {token: known for token, known in reads.invitation_tokens.items() if known != id_}
    reads.invitation_tokens = {**others, event.token_hash: id_}


def invitation_ended(reads: FakeReads, envelope: Envelope, event: Any) -> None:
    accepted = isinstance(event, i.InvitationAccepted)
    row = reads.invitation_rows[event.invitation_id]
    status: Any = "accepted" if accepted else "revoked"
    reads.invitation_rows[row.id] = replace(row, status=status, email="", email_index="", inviter="")
    if accepted:
        let_in(reads, event)


def let_in(reads: FakeReads, event: i.InvitationAccepted) -> None:
    """What the policies lead to."""
    who, place = event.person, event.place
    if not any(user.id == who.user_id for user in reads.users):
        user = UserRow(who.user_id, who.email, who.email_index, who.name, True, False, False, NOW)
        reads.users.append(user)
    at = place.id, place.tenant_id, place.partner_id
    reads.member_rows.append(MemberRow(who.user_id, *at, who.email, who.name, event.role, NOW))


def role_changed(reads: FakeReads, envelope: Envelope, event: e.RoleChanged) -> None:
    members(reads, event, event.role)


def membership_revoked(reads: FakeReads, envelope: Envelope, event: e.MembershipRevoked) -> None:
    members(reads, event, None)


def members(reads: FakeReads, event: Any, role: Role | None) -> None:
    at = (event.place.id, event.user_id)
    changed = [
        replace(row, role=role) if (row.place_id, row.id) == at and role else row
        for row in reads.member_rows
        if role or (row.place_id, row.id) != at
    ]
    reads.member_rows = changed


def service_created(reads: FakeReads, envelope: Envelope, event: s.ServiceCreated) -> None:
    row = ServiceRow(event.service_id, event.place, event.name, event.role, False, NOW)
    reads.service_rows[row.id] = row


def service_changed(reads: FakeReads, envelope: Envelope, event: s.ServiceRoleSet | s.ServiceClosed) -> None:
    row = reads.service_rows[event.service_id]
    role = event.role if isinstance(event, s.ServiceRoleSet) else row.role
    closed = isinstance(event, s.ServiceClosed)
    reads.service_rows[row.id] = replace(row, role=role, closed=closed)
    for hash_, key in reads.key_rows.items():
        if key.service_id == row.id:
            reads.key_rows[hash_] = replace(key, role=role, revoked=key.revoked or closed)


def key_issued(reads: FakeReads, envelope: Envelope, event: s.KeyIssued) -> None:
    reads.key_rows[event.hash] = KeyRow(
        id=event.key_id,
        service_id=event.service_id,
        tenant_id=event.place.tenant_id,
        partner_id=event.place.partner_id,
        role=reads.service_rows[event.service_id].role,
        prefix=event.prefix,
        label=event.label,
        scopes=frozenset(event.scopes),
        networks=event.networks,
        revoked=False,
        expires_at=event.expires_at,
        created_at=NOW,
    )


def key_changed(reads: FakeReads, envelope: Envelope, event: s.KeyRetired | s.KeyRevoked) -> None:
    hash_, row = next((h, row) for h, row in reads.key_rows.items() if row.id == event.key_id)
    if isinstance(event, s.KeyRevoked):
        reads.key_rows[hash_] = replace(row, revoked=True)
    else:
        reads.key_rows[hash_] = replace(row, expires_at=event.expires_at)


def impersonation_started(reads: FakeReads, envelope: Envelope, event: p.ImpersonationStarted) -> None:
    reads.impersonation_rows[event.impersonation_id] = ImpersonationRow(
        id=event.impersonation_id,
        tenant_id=event.tenant_id,
        partner_id=envelope.partner_id,
        user_id=event.user_id,
        role=event.role,
        support_id=event.support_id,
        support=event.by,
        reason=event.reason,
        write=event.write,
        scopes=frozenset(event.scopes),
        until=event.until,
        ended_at=None,
        ended_by=None,
        created_at=NOW,
    )


def impersonation_ended(reads: FakeReads, envelope: Envelope, event: p.ImpersonationEnded) -> None:
    now, row = datetime.now(UTC), reads.impersonation_rows[event.impersonation_id]
    reads.impersonation_rows[row.id] = replace(row, ended_at=now, ended_by=event.ended_by)
    reads.changes.append(Change("session", row.id, PLATFORM, "", now, len(reads.changes) + 1))


def consent_given(reads: FakeReads, envelope: Envelope, event: p.SupportWritesAllowed) -> None:
    reads.consents[event.tenant_id] = ConsentRow(event.until, event.reason)


def consent_withdrawn(reads: FakeReads, envelope: Envelope, event: p.SupportWritesWithdrawn) -> None:
    reads.consents.pop(event.tenant_id, None)


SHOW: dict[type, Callable[[FakeReads, Envelope, Any], None]] = {
    i.InvitationSent: invitation_sent,
    i.InvitationRevoked: invitation_ended,
    i.InvitationAccepted: invitation_ended,
    e.RoleChanged: role_changed,
    e.MembershipRevoked: membership_revoked,
    s.ServiceCreated: service_created,
    s.ServiceRoleSet: service_changed,
    s.ServiceClosed: service_changed,
    s.KeyIssued: key_issued,
    s.KeyRetired: key_changed,
    s.KeyRevoked: key_changed,
    p.ImpersonationStarted: impersonation_started,
    p.ImpersonationEnded: impersonation_ended,
    p.SupportWritesAllowed: consent_given,
    p.SupportWritesWithdrawn: consent_withdrawn,
}
