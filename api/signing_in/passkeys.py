"""Passkeys at the edge: whose answered, and to which challenge of ours."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from api.errors import ApiProblem, unauthenticated
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.signing_in.oneself import Oneself
from api.signing_in.people import usable
from infra.identity.passkey_rows import Passkey
from infra.identity.passkeys import AMR, BadPasskey, Json, TooManyPasskeys
from schemas.base import UserId
from schemas.envelope import Actor


async def creation_options(deps: Deps, me: Oneself) -> dict[str, Any]:
    email, name = map(str, await deps.people.open([me.user.email, me.user.name]))
    return await deps.vault.passkeys.registration(me.id, email, name, session_of(me.actor))


async def created(deps: Deps, me: Oneself, answer: Json, label: str) -> Passkey:
    try:
        return await deps.vault.passkeys.register(me.id, session_of(me.actor), answer, label)
    except BadPasskey as error:
        raise ApiProblem(400, "auth.passkey_refused", "This answer of the passkey does not count.") from error
    except TooManyPasskeys as error:
        detail = "You have too many passkeys, or this one is known already."
        raise ApiProblem(409, "auth.too_many_passkeys", detail) from error


async def signed(deps: Deps, browser: str, answer: Json, user_id: UserId | None = None) -> Passkey:
    """The passkey that answered a challenge of this browser's. Wrong is wrong, whatever it is."""
    try:
        return await deps.vault.passkeys.signed_in(browser, answer, user_id)
    except BadPasskey as error:
        raise refused() from error


async def passkey_shown(deps: Deps, request: Request, answer: Json, user_id: UserId) -> Sequence[str] | None:
    """For who is signed in and shows again who they are. What that proves, if anything."""
    try:
        await deps.vault.passkeys.signed_in(session_of(request.state.actor), answer, user_id)
    except BadPasskey:
        return None
    return AMR


async def owner_of(deps: Deps, passkey: Passkey) -> UserId:
    user = usable(await deps.reads.user_by_id(PLATFORM_SCOPE, passkey.user_id))
    if user is None:
        raise refused()
    return user.id


def session_of(actor: Actor) -> str:
    """Stands for the browser of who is signed in."""
    return f"session:{actor.session_id}"


def halfway_browser(mfa_token: str) -> str:
    """Stands for the browser of who has shown a first factor: nobody else has the token."""
    return f"mfa:{mfa_token}"


def refused() -> ApiProblem:
    return unauthenticated("auth.passkey_refused", "This answer of the passkey does not count. Begin again.")
