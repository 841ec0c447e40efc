"""What routes ask for: the parts, who acts, what they may see, and a read side that is far enough."""

from typing import Annotated, Any, cast

import structlog
from fastapi import Depends, Query, Request
from fastapi.security import OAuth2PasswordBearer
from starlette.requests import HTTPConnection

from api.errors import ApiProblem
from api.parts import Deps
from infra.crypto.tokens import BadToken, ExpiredToken
from infra.db.scope import Scope
from schemas.access import PERMISSIONS, Permission, Role
from schemas.base import TenantId
from schemas.envelope import Actor


class OneBearer(OAuth2PasswordBearer):
    """Of two tokens none is chosen: whoever checked the other in front of us would disagree."""

    async def __call__(self, request: HTTPConnection) -> str | None:
        if len(request.headers.getlist("authorization")) > 1:
            raise unauthenticated("auth.invalid_token", "Send one Authorization header.")
        return await super().__call__(request)


bearer = OneBearer(tokenUrl="/auth/token", scheme_name="bearer", auto_error=False)


async def deps_of(request: Request) -> Deps:
    """Async like all dependencies here: FastAPI takes the others through a thread."""
    return cast(Deps, request.app.state.deps)


Parts = Annotated[Deps, Depends(deps_of)]


def unauthenticated(code: str, detail: str) -> ApiProblem:
    return ApiProblem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


async def current_actor(parts: Parts, token: Annotated[str | None, Depends(bearer)]) -> Actor:
    """Who acts, and for which tenant: the token says, nothing else."""
    if not token:
        raise unauthenticated("auth.missing_token", "Send an access token: Authorization: Bearer ….")
    try:
        actor = parts.tokens.verify(token)
    except ExpiredToken as error:
        raise unauthenticated("auth.expired_token", "The access token has expired.") from error
    except BadToken as error:
        raise unauthenticated("auth.invalid_token", "The access token is not valid.") from error
    tenant_id = str(actor.tenant_id) if actor.tenant_id else None
    structlog.contextvars.bind_contextvars(actor=str(actor), tenant_id=tenant_id)
    return actor


CurrentActor = Annotated[Actor, Depends(current_actor)]


def may(permission: Permission) -> Any:
    """Lets in who holds the permission. The command consumer asks again, against the tenant too."""

    async def check(actor: CurrentActor) -> Actor:
        if actor.role is None or permission not in PERMISSIONS[actor.role]:
            raise ApiProblem(403, "auth.forbidden", f"Your role does not include {permission}.")
        return actor

    return Depends(check)


def scope_of(actor: Actor) -> Scope:
    """A tenant's user sees the tenant only: giving the partner too would show its other tenants."""
    if actor.role is Role.APP_ADMIN:
        return Scope(platform=True)
    if actor.tenant_id is not None:
        return Scope(tenant_id=actor.tenant_id)
    return Scope(partner_id=actor.partner_id)


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
