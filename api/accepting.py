"""Accepting an invitation. Its token proves the address; an account that exists, its owner proves."""

from uuid import UUID, uuid4

from fastapi import Request

from api.at import owner_of
from api.deps import actor_of_token, unauthenticated
from api.errors import ApiProblem, invalid
from api.models.teams import AcceptBody
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.registering import choosing
from api.rows.people import UserRow
from api.rows.teams import InvitationRow
from api.signing_in.guarding import guarded
from api.signing_in.people import usable
from api.submit import Attempt
from infra.identity.password_policy import About
from infra.identity.passwords import password_is
from infra.identity.secret_texts import hash_of
from schemas.base import UserId
from schemas.envelope import Actor, Answer, Problem
from schemas.identity.invitations import NOT_VALID, AcceptInvitation
from schemas.identity.types import Person

EDGE = Actor(kind="system", id="invitations")
SCHEME = "bearer "


async def accepted(
    parts: Deps, request: Request, body: AcceptBody
) -> tuple[InvitationRow, Person, Answer | None]:
    token_hash = hash_of(body.token.get_secret_value())
    row = await parts.reads.invitation_by_token(PLATFORM_SCOPE, token_hash)
    email = await parts.people.email_of(row.email) if row else None
    if row is None or email is None:
        raise not_valid()
    known = await parts.reads.user_by_index(PLATFORM_SCOPE, row.email_index)
    person = await (proven(parts, request, known, email, body) if known else newcomer(parts, email, body))
    await require_no_member(parts, row, person.user_id)
    command = AcceptInvitation(place=row.place, invitation_id=row.id, token_hash=token_hash, person=person)
    attempt = Attempt(parts, EDGE, uuid4(), "")
    return row, person, await attempt.send(command, *owner_of(row.place))


def not_valid() -> ApiProblem:
    """Unknown, used, revoked, expired, replaced: one answer."""
    return ApiProblem(404, "identity.invitation_not_valid", NOT_VALID)


async def newcomer(parts: Deps, email: str, body: AcceptBody) -> Person:
    missing = [
        Problem(code="missing", message="Field required", path=name)
        for name in ("name", "password")
        if getattr(body, name) is None
    ]
    if missing or body.name is None or body.password is None:
        raise invalid(missing)
    hashed = await choosing.accepted(parts, body.password.get_secret_value(), About(email, body.name))
    user_id = UserId(uuid4())
    await parts.vault.passwords.create(user_id, hashed)
    return await parts.people.person(user_id, email, body.name)


async def proven(parts: Deps, request: Request, known: UserRow, email: str, body: AcceptBody) -> Person:
    """Who reads their mail is not them yet: they sign in, or know the password."""
    signed_in = await signed_in_as(parts, request, known)
    if not signed_in and not await knows_password(parts, request, known, email, body):
        raise unauthenticated(
            "auth.proof_required", "This address has an account: sign in, or give its password."
        )
    return Person(user_id=known.id, email=known.email, email_index=known.email_index, name=known.name)


async def signed_in_as(parts: Deps, request: Request, known: UserRow) -> bool:
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith(SCHEME):
        return False
    actor = await actor_of_token(parts, request, header[len(SCHEME) :])
    return actor.impersonator is None and actor.id == str(known.id)


async def knows_password(parts: Deps, request: Request, known: UserRow, email: str, body: AcceptBody) -> bool:
    if body.password is None or usable(known) is None:
        return False
    password = body.password.get_secret_value()

    async def check() -> bool:
        return await password_is(parts.vault.passwords, parts.passwords, known.id, password)

    return await guarded(parts, email, request.state.ip, check)


async def require_no_member(parts: Deps, row: InvitationRow, user_id: UUID) -> None:
    if await parts.reads.member(PLATFORM_SCOPE, row.place.id, user_id) is not None:
        raise ApiProblem(409, "identity.already_member", "They belong there already.")
