from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm

from api.auth import Login
from api.deps import CurrentActor, Parts, unauthenticated
from api.models.identity import ANNA, Jwks, Me, Token
from api.reads import PLATFORM_SCOPE
from schemas.access import PERMISSIONS

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
    """The OAuth 2 password form. `username` is the e-mail address. Repeated failures slow the answer down."""
    actor = await Login(parts, form.username, form.password).actor()
    request.state.actor = actor
    return Token(access_token=parts.tokens.issue(actor), expires_in=parts.tokens.seconds)


@router.get("/auth/me", response_model=Me, summary="Who am I")
async def me(parts: Parts, actor: CurrentActor) -> Me:
    user = await parts.reads.user_by_id(PLATFORM_SCOPE, UUID(actor.id))
    if user is None or actor.role is None:
        raise unauthenticated("auth.unknown_user", "The user of this token does not exist any more.")
    return Me(
        id=user.id,
        email=user.email,
        name=user.name,
        role=actor.role,
        partner_id=actor.partner_id,
        tenant_id=actor.tenant_id,
        permissions=sorted(PERMISSIONS[actor.role]),
    )


@router.get("/.well-known/jwks.json", response_model=Jwks, summary="The keys access tokens are signed with")
async def jwks(parts: Parts, response: Response) -> Any:
    response.headers["Cache-Control"] = "public, max-age=300"
    return parts.tokens.jwks()
