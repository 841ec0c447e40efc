"""What routes ask for: the parts, who acts, what they may see, and a read side that is far enough."""

from typing import Annotated, Any, cast

import structlog
from fastapi import Depends, Query, Request
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer
from starlette.requests import HTTPConnection

from api.errors import ApiProblem
from api.errors import unauthenticated as unauthenticated
from api.gateway.cookies import session_from
from api.gateway.rates import admit, callers_of
from api.gateway.same_site import demand_own_page
from api.keys import BEGINS, actor_of_key
from api.parts import Deps
from api.signing_in.cookie_session import live_token
from api.standing_gate import demand_good_standing
from api.verifying_tokens import verified
from infra.crypto.tokens import BadToken, ExpiredToken, Verified
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.base import TenantId
from schemas.envelope import Actor


class OneBearer(OAuth2PasswordBearer):
    """Of two tokens none is chosen: whoever checked the other in front of us would disagree."""

    async def __call__(self, request: HTTPConnection) -> str | None:
        if len(request.headers.getlist("authorization")) > 1:
            raise unauthenticated("auth.invalid_token", "Send one Authorization header.")
        return await super().__call__(request)


bearer = OneBearer(tokenUrl="/auth/token", scheme_name="bearer", auto_error=False)
api_key = APIKeyHeader(name="X-API-Key", scheme_name="api_key", auto_error=False)


async def deps_of(request: Request) -> Deps:
    """Async like all dependencies here: FastAPI takes the others through a thread."""
    return cast(Deps, request.app.state.deps)


Parts = Annotated[Deps, Depends(deps_of)]


async def access_token(
    request: Request, parts: Parts, token: Annotated[str | None, Depends(bearer)]
) -> str | None:
    """A bearer token counts whatever else comes with it. A cookie counts on requests of our own pages."""
    if token or (session := session_from(request)) is None:
        return token
    demand_own_page(request)
    request.state.session_tokens = session
    return await live_token(parts, request, session)


async def current_actor(
    request: Request,
    parts: Parts,
    token: Annotated[str | None, Depends(access_token)],
    key: Annotated[str | None, Depends(api_key)],
) -> Actor:
    """Who acts, and for which tenant: the token says, or what we know of the key. Known, they are counted."""
    if not token and not key:
        raise unauthenticated("auth.missing_token", "Send an access token: Authorization: Bearer ….")
    if token and not token.startswith(BEGINS):
        actor = await actor_of_token(parts, request, token)
    else:
        actor = await actor_of_key(parts, request, token or key or "")
    tenant_id = str(actor.tenant_id) if actor.tenant_id else None
    structlog.contextvars.bind_contextvars(actor=str(actor), tenant_id=tenant_id)
    request.state.actor = actor
    await demand_good_standing(request, parts, actor)
    await admit(parts.rates, request.scope, list(callers_of(actor)))
    return actor


async def actor_of_token(parts: Deps, request: Request, token: str) -> Actor:
    try:
        said = await verified(parts, token)
    except ExpiredToken as error:
        raise unauthenticated("auth.expired_token", "The access token has expired.") from error
    except BadToken as error:
        raise unauthenticated("auth.invalid_token", "The access token is not valid.") from error
    request.state.said, request.state.actor = said, said.actor
    await demand_true(parts, said)
    return said.actor


async def demand_true(parts: Deps, said: Verified) -> None:
    await parts.standing.refresh()
    if parts.standing.stale(said.actor, said.issued_at):
        raise unauthenticated("auth.stale_token", "What this token says has changed. Get a new one.")


CurrentActor = Annotated[Actor, Depends(current_actor)]


def require(request: Request, actor: Actor, permission: Permission) -> Actor:
    request.state.permission = permission
    if not actor.may(permission):
        raise ApiProblem(403, "auth.forbidden", f"Your role does not include {permission}.")
    return actor


def may(permission: Permission) -> Any:
    """Lets in who holds the permission. The command consumer asks again, against the tenant too."""

    async def check(request: Request, actor: CurrentActor) -> Actor:
        return require(request, actor, permission)

    return Depends(check)


def may_author() -> Any:
    """Whoever may see what is made may look; changing it takes more."""

    async def check(request: Request, actor: CurrentActor) -> Actor:
        looks = request.method in ("GET", "HEAD")
        permission = Permission.AUTHORING_READ if looks else Permission.AUTHORING_WRITE
        return require(request, actor, permission)

    return Depends(check)


def scope_of(actor: Actor) -> Scope:
    """A tenant's user sees the tenant only: giving the partner too would show its other tenants."""
    if actor.tenant_id is not None:
        return Scope(tenant_id=actor.tenant_id)
    if actor.partner_id is not None:
        return Scope(partner_id=actor.partner_id)
    return Scope(platform=actor.role is not None and actor.role.level == "platform")


async def current_scope(actor: CurrentActor) -> Scope:
    return scope_of(actor)


CurrentScope = Annotated[Scope, Depends(current_scope)]


def tenant_of(actor: Actor) -> TenantId:
    if actor.tenant_id is None:
        raise ApiProblem(403, "auth.no_tenant", "Only a user of a tenant can do this.")
    return actor.tenant_id


After = Annotated[
    int | None,
    Query(ge=0, le=2**63 - 1, description="Wait until the answer includes this `position`."),
]


def caught_up(*names: str) -> Any:
    """Waits, bounded, until these projections have passed `?after`; else 503 with Retry-After."""

    async def wait(parts: Parts, after: After = None) -> None:
        if after is None or await parts.reads.wait_until(names, after, parts.limits.read_wait_seconds):
            return
        raise ApiProblem(
            503,
            "read.not_caught_up",
            f"The read side has not reached position {after} yet.",
            headers={"Retry-After": "1"},
        )

    return Depends(wait)
