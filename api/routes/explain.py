"""Why somebody may, or may not."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, require
from api.errors import not_found
from api.models.explain import Explained
from api.parts import Deps
from api.places import Where
from infra.db.scope import Scope
from schemas.access import Permission
from schemas.access_explained import explain
from schemas.envelope import Actor
from schemas.identity.types import Place

router = APIRouter(tags=["access"], dependencies=[Depends(current_actor)])


@router.get(
    "/access/explain",
    response_model=Explained,
    dependencies=[caught_up("members")],
    summary="Explain whether somebody may do something",
)
async def explain_access(
    request: Request,
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    at: Where,
    permission: Annotated[Permission, Query(examples=[Permission.EXECUTIONS_READ])],
    user_id: UUID | None = None,
) -> Explained:
    """About oneself, everybody may ask; about other members here, who may see what they do."""
    asked = actor if user_id is None else await member(request, parts, actor, scope, at.place, user_id)
    decision = explain(asked, permission, at.place)
    return Explained(
        permission=permission,
        allowed=decision.allowed,
        because=list(decision.because),
        roles=list(decision.roles),
    )


async def member(
    request: Request, parts: Deps, actor: Actor, scope: Scope, place: Place, user_id: UUID
) -> Actor:
    if str(user_id) == actor.id:
        return actor
    require(request, actor, Permission.ACCESS_READ)
    row = await parts.reads.member(scope, place.id, user_id)
    if row is None:
        raise not_found("identity.not_a_member", "member")
    return Actor(
        kind="user", id=str(row.id), role=row.role, tenant_id=row.tenant_id, partner_id=row.partner_id
    )
