"""Who belongs to a place: one's own, or a tenant or partner below it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.errors import not_found
from api.models.common import Done
from api.models.teams import Member, MemberPage, RoleBody
from api.pagination import PageDep, encode
from api.parts import Deps
from api.places import Where, in_places
from api.rows.people import MemberRow
from api.signing_in.proving import require_proof
from api.submit import AttemptDep
from infra.db.scope import Scope
from schemas.access import HEADS, Permission
from schemas.identity.commands import ChangeRole, RevokeMembership

router = APIRouter(tags=["teams"], dependencies=[Depends(current_actor)])
READING = [may(Permission.MEMBERS_READ), caught_up("members")]
MANAGING = [may(Permission.MEMBERS_MANAGE), caught_up("members")]
LEFT, REMOVED = "They left.", "They were removed."


@in_places(
    router, "GET", "/members", READING, response_model=MemberPage, summary="List who belongs to a place"
)
async def list_members(parts: Parts, scope: CurrentScope, at: Where, page: PageDep) -> MemberPage:
    found = await parts.reads.members(scope, at.place.id, page.key, page.limit)
    opened = iter(await parts.people.open([text for row in found.items for text in (row.email, row.name)]))
    items = [
        Member(id=row.id, email=next(opened), name=next(opened), role=row.role, created_at=row.created_at)
        for row in found.items
    ]
    return MemberPage(items=items, next_cursor=encode(found.next))


@in_places(
    router,
    "PUT",
    "/members/{user_id}",
    MANAGING,
    response_model=Done,
    summary="Give a member another role",
)
async def change_role(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    at: Where,
    user_id: UUID,
    body: Annotated[RoleBody, json_body(RoleBody)],
) -> Any:
    row = await existing(parts, scope, at.place.id, user_id)
    if {row.role, body.role} & HEADS:
        await require_proof(parts, attempt.actor)
    answer = await at.send(attempt, ChangeRole(place=at.place, user_id=row.id, role=body.role))
    if answer is None:
        return attempt.pending(id=row.id)
    parts.standing.forget()
    return Done(id=row.id, position=answer.position)


@in_places(
    router,
    "DELETE",
    "/members/{user_id}",
    READING,
    response_model=Done,
    summary="Remove a member, or leave",
)
async def remove_member(
    parts: Parts, scope: CurrentScope, attempt: AttemptDep, at: Where, user_id: UUID
) -> Any:
    """Everybody may remove themselves; the last owner or admin cannot go."""
    row = await existing(parts, scope, at.place.id, user_id)
    leaves = attempt.actor.id == str(row.id)
    if row.role in HEADS and not leaves:
        await require_proof(parts, attempt.actor)
    command = RevokeMembership(place=at.place, user_id=row.id, reason=LEFT if leaves else REMOVED)
    answer = await at.send(attempt, command)
    if answer is None:
        return attempt.pending(id=row.id)
    parts.standing.forget()
    return Done(id=row.id, position=answer.position)


async def existing(parts: Deps, scope: Scope, place_id: UUID, user_id: UUID) -> MemberRow:
    row = await parts.reads.member(scope, place_id, user_id)
    if row is None:
        raise not_found("identity.not_a_member", "member")
    return row
