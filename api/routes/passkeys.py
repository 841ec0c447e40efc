from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from api.bodies import json_body
from api.deps import Parts
from api.errors import not_found, unauthenticated
from api.models.factors import (
    FactorRemoved,
    LabelBody,
    PasskeyAdded,
    PasskeyAnswerBody,
    PasskeyBody,
    PasskeyList,
    PasskeyOptions,
    PasskeyShown,
    SignInOptionsBody,
)
from api.models.identity import Token
from api.parts import Deps
from api.signing_in.browsers import bound, browser_in
from api.signing_in.factors import Factor, added, first_codes, removed
from api.signing_in.oneself import Me
from api.signing_in.passkeys import (
    created,
    creation_options,
    halfway_browser,
    owner_of,
    session_of,
    signed,
)
from api.signing_in.proving import ProvenMe
from api.signing_in.second_factor import halfway_of
from api.signing_in.sessions import signed_in
from api.submit import AttemptDep
from infra.identity.passkey_rows import Passkey
from infra.identity.passkeys import AMR
from schemas.base import UserId

router = APIRouter(tags=["identity"])
PasskeyId = Annotated[str, Path(max_length=1400, pattern=r"^[A-Za-z0-9_-]+$")]


@router.post(
    "/auth/passkeys/registration", response_model=PasskeyOptions, summary="Begin to register a passkey"
)
async def begin_passkey(parts: Parts, me: ProvenMe) -> PasskeyOptions:
    return options(parts, await creation_options(parts, me))


@router.post("/auth/passkeys", response_model=PasskeyAdded, status_code=201, summary="Register a passkey")
async def add_passkey(
    parts: Parts,
    me: ProvenMe,
    attempt: AttemptDep,
    body: Annotated[PasskeyBody, json_body(PasskeyBody)],
) -> PasskeyAdded:
    """It signs in alone, and is a second factor to a password."""
    user_id, store = me.id, parts.vault.passkeys.store
    passkey = await created(parts, me, body.answer, body.label)
    factor = factor_of(passkey, user_id)
    position = await added(parts, attempt, factor, lambda: store.remove(user_id, passkey.id))
    codes = await first_codes(parts, user_id)
    return PasskeyAdded(id=bytes_to_base64url(passkey.id), recovery_codes=codes, position=position)


@router.get("/auth/passkeys", response_model=PasskeyList, summary="My passkeys")
async def list_passkeys(parts: Parts, me: Me) -> PasskeyList:
    mine = await parts.vault.passkeys.store.of_user(me.id)
    return PasskeyList(items=[shown(passkey) for passkey in mine])


@router.patch("/auth/passkeys/{passkey_id}", response_model=PasskeyShown, summary="Name a passkey")
async def rename_passkey(
    parts: Parts,
    me: Me,
    passkey_id: PasskeyId,
    body: Annotated[LabelBody, json_body(LabelBody)],
) -> PasskeyShown:
    key = raw(passkey_id)
    if not await parts.vault.passkeys.rename(me.id, key, body.label):
        raise no_passkey()
    passkey = await parts.vault.passkeys.store.get(key)
    if passkey is None:
        raise no_passkey()
    return shown(passkey)


@router.delete("/auth/passkeys/{passkey_id}", response_model=FactorRemoved, summary="Remove a passkey")
async def remove_passkey(
    parts: Parts, me: ProvenMe, attempt: AttemptDep, passkey_id: PasskeyId
) -> FactorRemoved:
    """Not when it is the only way to sign in. With the last factor the recovery codes go too."""
    user_id, store = me.id, parts.vault.passkeys.store
    passkey = await store.get(raw(passkey_id))
    if passkey is None or passkey.user_id != user_id:
        raise no_passkey()
    factor = factor_of(passkey, user_id)
    position = await removed(parts, attempt, factor, lambda: store.remove(user_id, passkey.id))
    return FactorRemoved(position=position)


@router.post(
    "/auth/passkeys/sign-in/options", response_model=PasskeyOptions, summary="Begin to sign in by passkey"
)
async def begin_passkey_sign_in(
    parts: Parts,
    request: Request,
    response: Response,
    body: Annotated[SignInOptionsBody, json_body(SignInOptionsBody, optional=True)],
) -> PasskeyOptions:
    """Sets a cookie: the answer counts from this browser only. With an `mfa_token` that binds it instead."""
    passkeys = parts.vault.passkeys
    if body.mfa_token is None:
        return options(parts, await passkeys.sign_in(bound(request, response)))
    halfway = halfway_of(parts, body.mfa_token)
    return options(parts, await passkeys.sign_in(halfway_browser(body.mfa_token), halfway.user_id))


@router.post("/auth/passkeys/sign-in", response_model=Token, summary="Get an access token for a passkey")
async def sign_in_by_passkey(
    parts: Parts, request: Request, body: Annotated[PasskeyAnswerBody, json_body(PasskeyAnswerBody)]
) -> Token:
    """No password: a passkey is a device one has, and knows its owner."""
    browser = browser_in(request)
    if browser is None:
        raise unauthenticated(
            "auth.other_browser", "Begin in this browser: POST /auth/passkeys/sign-in/options."
        )
    passkey = await signed(parts, browser, body.answer)
    return await signed_in(parts, request, await owner_of(parts, passkey), AMR)


@router.post(
    "/auth/passkeys/step-up/options", response_model=PasskeyOptions, summary="Begin to prove it is still me"
)
async def begin_passkey_step_up(parts: Parts, me: Me) -> PasskeyOptions:
    """For one of one's own passkeys."""
    return options(parts, await parts.vault.passkeys.sign_in(session_of(me.actor), me.id))


def options(deps: Deps, public_key: dict[str, Any]) -> PasskeyOptions:
    return PasskeyOptions(public_key=public_key, origin=deps.vault.passkeys.origin)


def factor_of(passkey: Passkey, user_id: UserId) -> Factor:
    called = f"passkey {passkey.label}"[:LONGEST_LABEL]
    return Factor(user_id, "passkey", bytes_to_base64url(passkey.id), called)


LONGEST_LABEL = 60


def shown(passkey: Passkey) -> PasskeyShown:
    return PasskeyShown(
        id=bytes_to_base64url(passkey.id),
        label=passkey.label,
        created_at=passkey.created_at,
        used_at=passkey.used_at,
    )


def raw(passkey_id: str) -> bytes:
    try:
        return base64url_to_bytes(passkey_id)
    except ValueError:
        raise no_passkey() from None


def no_passkey() -> Exception:
    return not_found("auth.passkey_not_found", "passkey")
