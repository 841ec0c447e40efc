"""A session that goes on: shown once more, or at another place, with an access token that says so."""

from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request

from api.errors import unauthenticated
from api.gateway.cookies import SessionTokens, keep_session
from api.models.identity import AccessToken
from api.parts import Deps
from api.rows.people import MemberRow
from api.signing_in.cookie_session import seconds_until
from api.signing_in.oneself import Oneself
from api.signing_in.sessions import DETAILS, actor_in, member_of, membership, place_of
from infra.identity.session_types import Session


async def stepped_up(deps: Deps, request: Request, me: Oneself, amr: Sequence[str]) -> AccessToken:
    session = lasting(await deps.vault.sessions.step_up(me.session_id, amr))
    member = await member_of(deps, session) or await place_of(deps, me.id)
    return handed_out(deps, request, session, member)


async def switched(deps: Deps, request: Request, me: Oneself, place_id: UUID) -> AccessToken:
    member = await place_of(deps, me.id, place_id)
    session = lasting(await deps.vault.sessions.switch(me.session_id, membership(member)))
    return handed_out(deps, request, session, member)


def lasting(session: Session | None) -> Session:
    if session is None:
        raise unauthenticated("auth.session_revoked", DETAILS["auth.session_revoked"])
    return session


def handed_out(deps: Deps, request: Request, session: Session, member: MemberRow) -> AccessToken:
    """The way it came: who sent a cookie gets a cookie."""
    access = deps.tokens.issue(actor_in(session, member))
    seconds = deps.tokens.seconds
    tokens: SessionTokens | None = getattr(request.state, "session_tokens", None)
    if tokens is None:
        return AccessToken(access_token=access, expires_in=seconds)
    kept = SessionTokens(access=access, refresh=tokens.refresh)
    keep_session(request, kept, seconds_until(session.expires_at, deps.clock()))
    return AccessToken(access_token=None, expires_in=seconds)
