from typing import Annotated

from fastapi import APIRouter, Request

from api.bodies import json_body
from api.deps import Parts
from api.errors import ApiProblem
from api.models.factors import (
    FactorAdded,
    FactorRemoved,
    Factors,
    MfaBody,
    RecoveryCodesMade,
    TotpCodeBody,
    TotpEnrolment,
)
from api.models.identity import Token
from api.reads import PLATFORM_SCOPE
from api.signing_in.factors import added, app_of, first_codes, removed
from api.signing_in.oneself import Me
from api.signing_in.proving import ProvenMe
from api.signing_in.second_factor import methods_of
from api.signing_in.sessions import signed_in
from api.signing_in.showing import second_factor_shown
from api.signing_in.telling import tell_of_change
from api.submit import AttemptDep
from infra.identity.totp import TotpActive

router = APIRouter(tags=["identity"])


@router.post("/auth/token/mfa", response_model=Token, summary="Get an access token for a second factor")
async def show_second_factor(
    parts: Parts, request: Request, body: Annotated[MfaBody, json_body(MfaBody)]
) -> Token:
    """The second half of signing in. Each code is accepted once; failures slow the answer down, then lock.

    For a passkey ask `POST /auth/passkeys/sign-in/options` with the `mfa_token` first.
    """
    user_id, amr = await second_factor_shown(parts, body, request.state.ip)
    return await signed_in(parts, request, user_id, amr)


@router.get("/auth/factors", response_model=Factors, summary="How do I sign in")
async def show_factors(parts: Parts, me: Me) -> Factors:
    user_id, vault = me.id, parts.vault
    return Factors(
        password=await vault.passwords.get(user_id) is not None,
        totp=await vault.totp.active(user_id),
        passkeys=len(await vault.passkeys.store.of_user(user_id)),
        recovery_codes_left=await vault.recovery_codes.left(user_id),
        providers=sorted(one.provider for one in await parts.reads.identities_of(PLATFORM_SCOPE, user_id)),
        mfa=bool(await methods_of(parts, user_id)),
    )


@router.post(
    "/auth/factors/totp", response_model=TotpEnrolment, summary="Begin to set up an authenticator app"
)
async def begin_totp(parts: Parts, me: ProvenMe) -> TotpEnrolment:
    """It counts once it has shown a code: `POST /auth/factors/totp/confirm`."""
    email = await parts.people.email_of(me.user.email) or str(me.id)
    try:
        made = await parts.vault.totp.begin(me.id, email)
    except TotpActive as error:
        raise has_app() from error
    return TotpEnrolment(secret=made.secret, uri=made.uri)


@router.post("/auth/factors/totp/confirm", response_model=FactorAdded, summary="Show that the app works")
async def confirm_totp(
    parts: Parts,
    me: ProvenMe,
    attempt: AttemptDep,
    body: Annotated[TotpCodeBody, json_body(TotpCodeBody)],
) -> FactorAdded:
    """From now on it is asked for."""
    user_id, totp = me.id, parts.vault.totp
    if await totp.active(user_id):
        raise has_app()
    if not await totp.confirm(user_id, body.code):
        raise ApiProblem(400, "auth.wrong_factor", "The code is not right. Is the clock of the app?")
    position = await added(parts, attempt, app_of(user_id), lambda: totp.remove(user_id))
    return FactorAdded(recovery_codes=await first_codes(parts, user_id), position=position)


@router.delete("/auth/factors/totp", response_model=FactorRemoved, summary="Remove the authenticator app")
async def remove_totp(parts: Parts, me: ProvenMe, attempt: AttemptDep) -> FactorRemoved:
    """With the last factor the recovery codes go too."""
    position = await removed(parts, attempt, app_of(me.id), lambda: parts.vault.totp.remove(me.id))
    return FactorRemoved(position=position)


@router.post(
    "/auth/factors/recovery-codes", response_model=RecoveryCodesMade, summary="Get ten new recovery codes"
)
async def renew_recovery_codes(parts: Parts, me: ProvenMe) -> RecoveryCodesMade:
    user_id = me.id
    if not await methods_of(parts, user_id):
        raise ApiProblem(409, "auth.no_factor", "They stand in for a second factor. Set one up first.")
    codes = await parts.vault.recovery_codes.renew(user_id)
    await tell_of_change(parts, user_id, "recovery codes renewed")
    return RecoveryCodesMade(recovery_codes=list(codes))


def has_app() -> ApiProblem:
    return ApiProblem(
        409, "auth.totp_active", "There is an app already. Remove it before you set up another."
    )
