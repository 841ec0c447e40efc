"""Where a request about a team is at: one's own place, or one below it that the path names."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from api.at import At
from api.deps import CurrentActor, CurrentScope, Parts
from api.errors import ApiProblem, not_found
from api.parts import Deps
from api.routes.tenancy import visible_partner, visible_tenant
from infra.db.scope import Scope
from schemas.envelope import Actor
from schemas.identity.types import Place

PLATFORM_NAME = "HireBuddha"
E = TypeVar("E", bound=Callable[..., Any])


async def of_tenant(parts: Deps, scope: Scope, tenant_id: UUID) -> At:
    row = await visible_tenant(parts, scope, tenant_id)
    return At(Place(tenant_id=row.id, partner_id=row.partner_id), row.name)


async def of_partner(parts: Deps, scope: Scope, partner_id: UUID) -> At:
    row = await visible_partner(parts, scope, partner_id)
    return At(Place(partner_id=row.id), row.name)


async def own(parts: Deps, scope: Scope, actor: Actor) -> At:
    if actor.tenant_id is not None:
        return await of_tenant(parts, scope, actor.tenant_id)
    if actor.partner_id is not None:
        return await of_partner(parts, scope, actor.partner_id)
    return At(Place(), PLATFORM_NAME)


async def place_of(request: Request, parts: Parts, actor: CurrentActor, scope: CurrentScope) -> At:
    named = request.path_params
    try:
        if "tenant_id" in named:
            return await of_tenant(parts, scope, UUID(named["tenant_id"]))
        if "partner_id" in named:
            require_above_tenants(actor)
            return await of_partner(parts, scope, UUID(named["partner_id"]))
    except ValueError as error:
        raise not_found("tenancy.place_not_found", "place") from error
    return await own(parts, scope, actor)


def require_above_tenants(actor: Actor) -> None:
    """Whichever partner it is."""
    if actor.tenant_id is not None:
        raise ApiProblem(403, "identity.not_your_place", "This is not for people of a tenant.")


async def names_tenant(tenant_id: UUID) -> None:
    """For the document of the API, and the form of the path."""


async def names_partner(partner_id: UUID) -> None:
    """The same."""


Where = Annotated[At, Depends(place_of)]
PLACES: tuple[tuple[str, str, list[Any]], ...] = (
    ("", "", []),
    ("/tenants/{tenant_id}", "_of_tenant", [Depends(names_tenant)]),
    ("/partners/{partner_id}", "_of_partner", [Depends(names_partner)]),
)


def in_places(
    router: APIRouter, method: str, path: str, dependencies: list[Any], **options: Any
) -> Callable[[E], E]:
    """An operation at one's own place, at a tenant and at a partner below it."""

    def register(endpoint: E) -> E:
        for prefix, ending, named in PLACES:
            router.add_api_route(
                prefix + path,
                endpoint,
                methods=[method],
                name=endpoint.__name__ + ending,
                dependencies=[*dependencies, *named],
                **options,
            )
        return endpoint

    return register
