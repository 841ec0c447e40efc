from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm

from api.bodies import json_body
from api.deps import CurrentActor, Parts, unauthenticated
from api.models.identity import ANNA, Jwks, Me, RefreshBody, Token
from api.reads import PLATFORM_SCOPE
from api.signing_in.passwords import PasswordTry
from api.signing_in.second_factor import require_no_second_factor
from api.signing_in.sessions import PASSWORD, refreshed, signed_in
from infra.crypto.keys import CACHED_SECONDS

router = APIRouter(tags=["identity"])
FORM = {"grant_type": "password", "username": ANNA["email"], "password": ANNA["password"]}


@router.post(
    "/auth/token",
    response_model=Token,
    openapi_extra={"requestBody": {"content": {"application/x-www-form-urlencoded": {"example": FORM}}}},
    summary="Get an access token for a password",
)
async def log_in(
    parts: Parts, request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]
) -> Token:
    """The OAuth 2 password form. `username` is the e-mail address. Repeated failures slow the answer down.

    Who has a second factor gets 401 `auth.mfa_required` with an `mfa_token` to go on with.
    """
    user = await PasswordTry(parts, form.username, form.password).passed(request.state.ip)
    await require_no_second_factor(parts, user.id)
    return await signed_in(parts, request, user.id, PASSWORD)


@router.post("/auth/refresh", response_model=Token, summary="Get the next pair of tokens")
async def refresh(
    parts: Parts, request: Request, body: Annotated[RefreshBody, json_body(RefreshBody)]
) -> Token:
    """Each refresh token is good once. One that comes again later than ten seconds after ends the session."""
    return await refreshed(parts, request, body.refresh_token)


@router.get("/auth/me", response_model=Me, summary="Who am I")
async def me(parts: Parts, actor: CurrentActor) -> Me:
    user = await parts.reads.user_by_id(PLATFORM_SCOPE, UUID(actor.id))
    if user is None or user.erased or actor.role is None:
        raise unauthenticated("auth.unknown_user", "The user of this token does not exist any more.")
    email, name = await parts.people.open([user.email, user.name])
    return Me(
        id=user.id,
        email=email,
        name=name,
        role=actor.role,
        partner_id=actor.partner_id,
        tenant_id=actor.tenant_id,
        permissions=sorted(actor.permissions),
    )


@router.get("/.well-known/jwks.json", response_model=Jwks, summary="The keys access tokens are signed with")
async def jwks(parts: Parts, response: Response) -> Any:
    response.headers["Cache-Control"] = f"public, max-age={CACHED_SECONDS}"
    return parts.tokens.jwks()
