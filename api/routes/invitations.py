"""Inviting people to a place: one's own, or a tenant or partner below it."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from api.accepting import accepted
from api.at import done
from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.errors import ApiProblem, not_found
from api.inviting import invite
from api.models.common import Done
from api.models.teams import AcceptBody, Accepted, InvitationPage, InviteBody, ResendBody
from api.models.teams import Invitation as Shown
from api.pagination import PageDep, encode
from api.parts import Deps
from api.places import Where, in_places
from api.reads import PLATFORM_SCOPE
from api.rows.teams import InvitationRow
from api.signing_in.proving import require_proof
from api.submit import AttemptDep
from schemas.access import HEADS, Permission
from schemas.identity.invitations import RevokeInvitation

router = APIRouter(tags=["teams"])
PERSON = Depends(current_actor)
READING = [PERSON, may(Permission.MEMBERS_READ), caught_up("invitations")]
MANAGING = [PERSON, may(Permission.MEMBERS_MANAGE), caught_up("invitations")]


@in_places(
    router,
    "POST",
    "/invitations",
    MANAGING,
    status_code=201,
    response_model=Done,
    summary="Invite somebody by e-mail",
)
async def send_invitation(
    parts: Parts, attempt: AttemptDep, at: Where, body: Annotated[InviteBody, json_body(InviteBody)]
) -> Any:
    if body.role in HEADS:
        await require_proof(parts, attempt.actor)
    await require_newcomer(parts, at.place.id, body.email)
    id_ = attempt.new_id("invitation")
    return done(attempt, id_, await invite(attempt, at, id_, body.email, body.role, body.days))


@in_places(
    router,
    "POST",
    "/invitations/{invitation_id}/resend",
    MANAGING,
    response_model=Done,
    summary="Send an invitation again: only the link of the last letter counts",
)
async def resend_invitation(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    at: Where,
    invitation_id: UUID,
    body: Annotated[ResendBody, json_body(ResendBody, optional=True)],
) -> Any:
    row = await parts.reads.invitation(scope, invitation_id)
    email = await parts.people.email_of(row.email) if row and row.place.id == at.place.id else None
    if row is None or email is None or row.status != "pending":
        raise not_found("identity.invitation_not_found", "pending invitation")
    return done(attempt, row.id, await invite(attempt, at, row.id, email, row.role, body.days))


@in_places(
    router,
    "GET",
    "/invitations",
    READING,
    response_model=InvitationPage,
    summary="List invitations, newest first",
)
async def list_invitations(parts: Parts, scope: CurrentScope, at: Where, page: PageDep) -> InvitationPage:
    """Of an ended one nobody is told any more whom it was for."""
    found = await parts.reads.invitations(scope, at.place.id, page.key, page.limit)
    return InvitationPage(items=await shown(parts, found.items), next_cursor=encode(found.next))


@in_places(
    router,
    "DELETE",
    "/invitations/{invitation_id}",
    MANAGING,
    response_model=Done,
    summary="Take an invitation back",
)
async def revoke_invitation(attempt: AttemptDep, at: Where, invitation_id: UUID) -> Any:
    command = RevokeInvitation(place=at.place, invitation_id=invitation_id)
    return done(attempt, invitation_id, await at.send(attempt, command))


@router.post("/invitations/accept", response_model=Accepted, summary="Accept an invitation")
async def accept_invitation(
    request: Request, parts: Parts, body: Annotated[AcceptBody, json_body(AcceptBody)]
) -> Accepted:
    """With the token from the letter. Every token that does not count gets the same answer."""
    row, person, answer = await accepted(parts, request, body)
    return Accepted(
        user_id=person.user_id,
        tenant_id=row.place.tenant_id,
        partner_id=row.place.partner_id,
        role=row.role,
        position=answer.position if answer else None,
    )


async def require_newcomer(parts: Deps, place_id: UUID, email: str) -> None:
    known = await parts.reads.user_by_index(PLATFORM_SCOPE, parts.people.index(email))
    if known and await parts.reads.member(PLATFORM_SCOPE, place_id, known.id):
        raise ApiProblem(409, "identity.already_member", "They belong here already; change their role.")


async def shown(parts: Deps, rows: Sequence[InvitationRow]) -> list[Shown]:
    emails = await parts.people.open([row.email for row in rows])
    return [
        Shown(
            id=row.id,
            email=email,
            role=row.role,
            status=row.status,
            expires_at=row.expires_at,
            created_at=row.created_at,
        )
        for row, email in zip(rows, emails, strict=True)
    ]
