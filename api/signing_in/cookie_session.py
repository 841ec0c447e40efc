"""The console's session: its tokens live in a cookie, which the edge keeps fresh."""

from datetime import datetime

from starlette.requests import Request

from api.errors import ApiProblem
from api.gateway.cookies import SessionTokens, forget_session, keep_session
from api.models.identity import Token
from api.parts import Deps
from api.signing_in.sessions import refreshed
from api.verifying_tokens import verified
from infra.crypto.tokens import BadToken


async def live_token(deps: Deps, request: Request, tokens: SessionTokens) -> str:
    """Its access token; the next one when that is good no more. Requests at the same time get the same
    successor.
    """
    try:
        await verified(deps, tokens.access)
    except BadToken:
        return (await renewed(deps, request, tokens)).access_token
    return tokens.access


async def renewed(deps: Deps, request: Request, tokens: SessionTokens) -> Token:
    try:
        token = await refreshed(deps, request, tokens.refresh)
    except ApiProblem:
        forget_session(request)
        raise
    keep(deps, request, token)
    return token


def keep(deps: Deps, request: Request, token: Token) -> None:
    tokens = SessionTokens(access=token.access_token, refresh=token.refresh_token)
    keep_session(request, tokens, seconds_until(token.refresh_expires_at, deps.clock()))


def seconds_until(then: datetime, now: datetime) -> int:
    return max(0, int((then - now).total_seconds()))
