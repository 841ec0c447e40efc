"""Somebody who is signed in links a provider, or takes it off again."""

from uuid import UUID

from starlette.requests import Request

from api.errors import not_found
from api.federation.identities import link, owner_of
from api.federation.problems import problem
from api.federation.returning import Arrival
from api.gateway.cookies import session_from
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.sending import Attempt
from api.signing_in.factors import recorded
from api.signing_in.telling import tell_of_change
from infra.crypto.tokens import BadToken
from infra.oidc.identity import Identity
from infra.oidc.linking import Link, Refuse, by_hand
from schemas.base import UserId
from schemas.identity.commands import UnlinkIdentity


async def link_by_hand(
    deps: Deps, request: Request, arrived: Arrival, user_id: UserId, identity: Identity
) -> None:
    if not await still_signed_in(deps, request, arrived.session_id, user_id):
        raise problem("oidc.signed_out")
    owner = await owner_of(deps, identity)
    match by_hand(user_id, owner.id if owner else None):
        case Refuse(code):
            raise problem(code)
        case Link():
            await link(deps, user_id, arrived.provider, identity)
            await tell_of_change(deps, user_id, f"signing in with {arrived.provider} added")


async def still_signed_in(deps: Deps, request: Request, session_id: UUID | None, user_id: UserId) -> bool:
    """The session it was begun in lives, and nobody else has signed in at the browser since."""
    session = await deps.vault.sessions.find(session_id) if session_id else None
    return session is not None and session.user_id == user_id and not is_anothers(deps, request, user_id)


def is_anothers(deps: Deps, request: Request, user_id: UserId) -> bool:
    """Says the console's cookie so? One that has expired says nothing."""
    tokens = session_from(request)
    if tokens is None:
        return False
    try:
        return deps.tokens.read(tokens.access).actor.id != str(user_id)
    except BadToken:
        return False


async def unlinked(deps: Deps, attempt: Attempt, user_id: UserId, provider: str) -> int | None:
    mine = await deps.reads.identities_of(PLATFORM_SCOPE, user_id)
    if provider not in [one.provider for one in mine]:
        raise not_found("oidc.not_linked", "linked provider")
    another_way = await deps.vault.passwords.get(user_id) is not None
    command = UnlinkIdentity(user_id=user_id, provider=provider, another_way=another_way)
    position = await recorded(attempt, command)
    await tell_of_change(deps, user_id, f"signing in with {provider} removed")
    return position
