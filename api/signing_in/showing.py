"""A second factor is shown. Guessing is slowed down and stopped for each person, apart from passwords."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from api.errors import ApiProblem, unauthenticated
from api.models.factors import MfaBody
from api.parts import Deps
from api.ports import Halfway
from api.reads import PLATFORM_SCOPE
from api.signing_in.guarding import guarded
from api.signing_in.passkeys import halfway_browser, signed
from api.signing_in.people import usable
from api.signing_in.second_factor import halfway_of
from api.signing_in.telling import tell_of_change
from infra.identity.passkeys import AMR
from schemas.base import UserId

OTP = ("otp", "mfa")
Check = Callable[[Deps, Halfway, MfaBody], Awaitable[bool]]


async def second_factor_shown(deps: Deps, body: MfaBody, ip: str) -> tuple[UserId, Sequence[str]]:
    """Who it is, and all they have shown."""
    halfway = halfway_of(deps, body.mfa_token)
    check, amr = WAYS[body.way]

    async def checked() -> bool:
        return await check(deps, halfway, body)

    if not await guarded(deps, account_of(halfway.user_id), ip, checked):
        raise unauthenticated("auth.wrong_factor", "This is not right, was used before, or is too old.")
    if usable(await deps.reads.user_by_id(PLATFORM_SCOPE, halfway.user_id)) is None:
        raise unauthenticated("auth.mfa_expired", "Begin again with the password.")
    return halfway.user_id, (*halfway.amr, *amr)


def account_of(user_id: UserId) -> str:
    """Its failures lock the second factor, and who knows no password cannot cause them."""
    return f"second factor {user_id}"


async def by_totp(deps: Deps, halfway: Halfway, body: MfaBody) -> bool:
    return await deps.vault.totp.verify(halfway.user_id, body.totp or "")


async def by_recovery_code(deps: Deps, halfway: Halfway, body: MfaBody) -> bool:
    left = await deps.vault.recovery_codes.use(halfway.user_id, body.recovery_code or "")
    if left is None:
        return False
    await tell_of_change(deps, halfway.user_id, f"a recovery code was used, {left} are left")
    return True


async def by_passkey(deps: Deps, halfway: Halfway, body: MfaBody) -> bool:
    try:
        await signed(deps, halfway_browser(body.mfa_token), body.passkey or {}, halfway.user_id)
    except ApiProblem:
        return False
    return True


WAYS: Mapping[str, tuple[Check, Sequence[str]]] = {
    "totp": (by_totp, OTP),
    "recovery_code": (by_recovery_code, OTP),
    "passkey": (by_passkey, AMR),
}
