"""From who somebody is to tokens: a session at one of their places, kept alive by refresh tokens."""

from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request

from api.errors import ApiProblem, unauthenticated
from api.models.identity import Token
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import MemberRow
from api.signing_in.letters import to_user
from api.signing_in.second_factor import PASSWORD as PASSWORD
from api.signing_in.unseen import done
from infra.identity.session_types import (
    Client,
    Membership,
    Redeemed,
    Session,
    SessionCompromised,
    SessionRefused,
)
from schemas.base import PLATFORM, UserId
from schemas.envelope import Actor

DETAILS = {
    "auth.session_expired": "The session is over. Sign in again.",
    "auth.session_revoked": "The session was ended. Sign in again.",
    "auth.session_compromised": "This refresh token was used before: the session is ended. Sign in again.",
}


def client_of(request: Request) -> Client:
    return Client(request.state.ip, request.headers.get("user-agent", ""))


async def signed_in(
    deps: Deps, request: Request, user_id: UserId, amr: Sequence[str], place_id: UUID | None = None
) -> Token:
    """At the place that is asked for, else where they came to first."""
    member = await place_of(deps, user_id, place_id)
    redeemed = await deps.vault.sessions.create(user_id, membership(member), amr, client_of(request))
    return tokens_for(deps, request, redeemed, member)


async def refreshed(deps: Deps, request: Request, refresh_token: str) -> Token:
    """With the role they have by now."""
    try:
        redeemed = await deps.vault.sessions.redeem(refresh_token, client_of(request))
    except SessionCompromised as error:
        await tell_of_theft(deps, error.session)
        raise unauthenticated(error.code, DETAILS[error.code]) from error
    except SessionRefused as error:
        detail = DETAILS.get(error.code, "The refresh token is not valid.")
        raise unauthenticated(error.code, detail) from error
    return await carried_on(deps, request, redeemed)


async def carried_on(deps: Deps, request: Request, redeemed: Redeemed) -> Token:
    user_id = redeemed.session.user_id
    user = await deps.reads.user_by_id(PLATFORM_SCOPE, user_id)
    if user is None or user.disabled or user.erased:
        await deps.vault.sessions.revoke(redeemed.session.id, user_id, "disabled")
        raise unauthenticated("auth.session_revoked", DETAILS["auth.session_revoked"])
    member = await member_of(deps, redeemed.session) or await place_of(deps, user_id)
    await deps.vault.sessions.switch(redeemed.session.id, membership(member))
    return tokens_for(deps, request, redeemed, member)


async def ended_by(deps: Deps, request: Request, refresh_token: str) -> bool:
    """The session whose token this is."""
    try:
        session = (await deps.vault.sessions.redeem(refresh_token, client_of(request))).session
    except SessionRefused:
        return False
    await deps.vault.sessions.revoke(session.id, session.user_id, "logout")
    deps.standing.forget()
    return True


async def tell_of_theft(deps: Deps, session: Session) -> None:
    """Whose it is gets a letter. The session is over whether or not it leaves."""
    deps.standing.forget()
    user = await deps.reads.user_by_id(PLATFORM_SCOPE, session.user_id)
    if user is not None:
        at = f"{deps.clock():%Y-%m-%d %H:%M} UTC"
        values = {"at": at, "device": session.user_agent or "an unnamed device"}
        await done(to_user(deps, user, "session_compromised", values=values, good_for=None))


async def place_of(deps: Deps, user_id: UserId, place_id: UUID | None = None) -> MemberRow:
    places = await deps.reads.memberships(PLATFORM_SCOPE, user_id)
    found = [place for place in places if place_id in (None, place.place_id)]
    if not found:
        raise ApiProblem(403, "auth.no_membership", "You belong to no such tenant or partner at present.")
    return found[0]


async def member_of(deps: Deps, session: Session) -> MemberRow | None:
    at = session.membership
    if at is None:
        return None
    place_id = at.tenant_id or at.partner_id or PLATFORM
    return await deps.reads.member(PLATFORM_SCOPE, place_id, session.user_id)


def membership(member: MemberRow) -> Membership:
    return Membership(member.role, member.tenant_id, member.partner_id)


def tokens_for(deps: Deps, request: Request, redeemed: Redeemed, member: MemberRow) -> Token:
    session = redeemed.session
    actor = actor_in(session, member)
    request.state.actor = actor
    return Token(
        access_token=deps.tokens.issue(actor),
        expires_in=deps.tokens.seconds,
        refresh_token=redeemed.refresh_token,
        refresh_expires_at=session.expires_at,
    )


def actor_in(session: Session, member: MemberRow) -> Actor:
    return Actor(
        kind="user",
        id=str(session.user_id),
        role=member.role,
        tenant_id=member.tenant_id,
        partner_id=member.partner_id,
        session_id=session.id,
        authenticated_at=session.authenticated_at,
        mfa=session.mfa,
    )
