"""Somebody who is signed in shows once more that it is them, before what cannot be taken back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request

from api.errors import ApiProblem, unauthenticated
from api.parts import Deps
from api.signing_in.guarding import guarded
from api.signing_in.oneself import Oneself
from api.signing_in.passkeys import passkey_shown
from api.signing_in.second_factor import methods_of
from api.signing_in.sessions import PASSWORD
from infra.identity.passwords import password_is
from infra.identity.session_types import MFA

Shown = Callable[[Deps, Request, Oneself, Any], Awaitable[Sequence[str] | None]]
"""Checks what was sent: what it proves, in the words of RFC 8176, or None."""


async def password(deps: Deps, request: Request, me: Oneself, sent: str) -> Sequence[str] | None:
    right = await password_is(deps.vault.passwords, deps.passwords, me.id, sent)
    return PASSWORD if right else None


async def totp(deps: Deps, request: Request, me: Oneself, sent: str) -> Sequence[str] | None:
    return ("otp", MFA) if await deps.vault.totp.verify(me.id, sent) else None


async def recovery_code(deps: Deps, request: Request, me: Oneself, sent: str) -> Sequence[str] | None:
    return (MFA,) if await deps.vault.recovery_codes.use(me.id, sent) is not None else None


async def passkey(deps: Deps, request: Request, me: Oneself, sent: Any) -> Sequence[str] | None:
    return await passkey_shown(deps, request, sent, me.id)


WAYS: Mapping[str, Shown] = {
    "password": password,
    "totp": totp,
    "recovery_code": recovery_code,
    "passkey": passkey,
}
"""By the field of the body."""


async def proven(deps: Deps, request: Request, me: Oneself, way: str, sent: Any) -> Sequence[str]:
    """Guessed as slowly as at the door. A password is not enough for who has more than that."""
    methods = await methods_of(deps, me.id)
    if way == "password" and methods:
        detail = "Show a second factor: you have one."
        raise ApiProblem(403, "auth.second_factor_required", detail, methods=methods)
    amr = await shown(deps, request, me, way, sent)
    if amr is None:
        raise unauthenticated("auth.invalid_credentials", "That is not right.")
    return amr


async def shown(deps: Deps, request: Request, me: Oneself, way: str, sent: Any) -> Sequence[str] | None:
    found: list[Sequence[str]] = []

    async def check() -> bool:
        found.extend(filter(None, [await WAYS[way](deps, request, me, sent)]))
        return bool(found)

    account = await deps.people.email_of(me.user.email) or str(me.id)
    return found[0] if await guarded(deps, account, request.state.ip, check) else None
