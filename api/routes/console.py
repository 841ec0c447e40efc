"""The console's session. What signs it in or out must come from our own pages, cookie or not."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.bodies import json_body
from api.deps import Parts, unauthenticated
from api.gateway.cookies import forget_session, session_from
from api.gateway.same_site import demand_own_page
from api.models.identity import Token
from api.models.sessions import Changed, Kept, OpenSessionBody
from api.parts import Deps
from api.signing_in.cookie_session import keep, renewed
from api.signing_in.passwords import PasswordTry
from api.signing_in.second_factor import require_no_second_factor
from api.signing_in.sessions import PASSWORD, ended_by, refreshed, signed_in


async def own_page(request: Request) -> None:
    demand_own_page(request)


router = APIRouter(tags=["identity"], dependencies=[Depends(own_page)])


@router.post("/bff/session", response_model=Kept, summary="Sign the console in")
async def open_session(
    parts: Parts, request: Request, body: Annotated[OpenSessionBody, json_body(OpenSessionBody)]
) -> Kept:
    """The tokens go into a cookie no page can read. A session that was there before is another one."""
    token = await signed_in_by(parts, request, body)
    keep(parts, request, token)
    return kept(token)


async def signed_in_by(deps: Deps, request: Request, body: OpenSessionBody) -> Token:
    if body.refresh_token is not None:
        return await refreshed(deps, request, body.refresh_token)
    assert body.email is not None and body.password is not None
    attempt = PasswordTry(deps, body.email, body.password.get_secret_value())
    user = await attempt.passed(request.state.ip)
    await require_no_second_factor(deps, user.id)
    return await signed_in(deps, request, user.id, PASSWORD)


@router.post("/bff/refresh", response_model=Kept, summary="Renew the console's session")
async def refresh_session(parts: Parts, request: Request) -> Kept:
    """The edge does so by itself when the access token is over; this is for a role that has changed."""
    tokens = session_from(request)
    if tokens is None:
        raise unauthenticated("auth.no_session", "There is no session. Sign in.")
    return kept(await renewed(parts, request, tokens))


@router.delete("/bff/session", response_model=Changed, summary="Sign the console out")
async def close_session(parts: Parts, request: Request) -> Changed:
    tokens = session_from(request)
    forget_session(request)
    return Changed(ended=int(tokens is not None and await ended_by(parts, request, tokens.refresh)))


def kept(token: Token) -> Kept:
    return Kept(expires_in=token.expires_in, refresh_expires_at=token.refresh_expires_at)
