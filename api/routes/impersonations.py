"""Support in the name of a tenant's users: begun with a reason, seen and ended by the tenant."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from api.at import done
from api.bodies import json_body
from api.deps import CurrentActor, CurrentScope, Parts, caught_up, current_actor, may, require, tenant_of
from api.errors import ApiProblem, not_found
from api.models.common import Done
from api.models.impersonations import (
    Consent,
    ConsentBody,
    ImpersonateBody,
    Impersonation,
    ImpersonationPage,
    ImpersonationToken,
)
from api.pagination import PageDep, encode
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.routes.tenancy import visible_tenant
from api.rows.teams import ImpersonationRow
from api.signing_in.proving import proven
from api.submit import Attempt, AttemptDep, until
from api.whole_team import everybody_at
from infra.db.scope import Scope
from schemas.access import Permission, Role
from schemas.envelope import Actor
from schemas.identity import support as s

router = APIRouter(tags=["support"], dependencies=[Depends(current_actor)])
TOLD = (Role.TENANT_OWNER, Role.TENANT_ADMIN)
MOST_TOLD = 50
SEEING = [caught_up("impersonations")]


@router.post(
    "/impersonations",
    status_code=201,
    response_model=ImpersonationToken,
    dependencies=[may(Permission.SUPPORT_ACT), proven()],
    summary="Act in the name of a tenant's user",
)
async def impersonate(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    body: Annotated[ImpersonateBody, json_body(ImpersonateBody)],
) -> Any:
    """Reading only, unless the tenant allowed changes. The tenant sees it and is told of it."""
    id_ = attempt.new_id("impersonation")
    command, partner_id = await starting(parts, scope, attempt, id_, body)
    answer = await attempt.send(command, command.tenant_id, partner_id)
    if answer is None or not await until(lambda: seen(parts, id_), parts.limits.read_wait_seconds):
        return attempt.pending(id=id_)
    return await token(parts, attempt.actor, id_)


@router.post(
    "/impersonations/{impersonation_id}/token",
    response_model=ImpersonationToken,
    dependencies=[may(Permission.SUPPORT_ACT), *SEEING],
    summary="Another access token for an impersonation of yours that goes on",
)
async def impersonation_token(parts: Parts, attempt: AttemptDep, impersonation_id: UUID) -> Any:
    return await token(parts, attempt.actor, impersonation_id)


@router.get(
    "/impersonations",
    response_model=ImpersonationPage,
    dependencies=SEEING,
    summary="What support does, and did, in users' names",
)
async def list_impersonations(
    parts: Parts, actor: CurrentActor, scope: CurrentScope, page: PageDep
) -> ImpersonationPage:
    require_to_see(actor)
    found = await parts.reads.impersonations(scope, page.key, page.limit)
    return ImpersonationPage(items=await shown(parts, found.items), next_cursor=encode(found.next))


@router.delete(
    "/impersonations/{impersonation_id}",
    response_model=Done,
    dependencies=SEEING,
    summary="End an impersonation",
)
async def end_impersonation(
    request: Request,
    parts: Parts,
    actor: CurrentActor,
    scope: CurrentScope,
    attempt: AttemptDep,
    impersonation_id: UUID,
) -> Any:
    """Support ends its own; the tenant ends any."""
    require_to_see(actor)
    row = await parts.reads.impersonation(scope, impersonation_id)
    if row is None:
        raise not_found("identity.impersonation_not_found", "impersonation")
    own = actor.id == str(row.support_id) and actor.may(Permission.SUPPORT_ACT)
    if not own:
        require(request, actor, Permission.SUPPORT_REVOKE)
    kind = s.EndImpersonation if own else s.RevokeImpersonation
    command = kind(tenant_id=row.tenant_id, impersonation_id=row.id)
    answer = await attempt.send(command, row.tenant_id, row.partner_id)
    parts.standing.forget()
    return done(attempt, row.id, answer)


@router.put(
    "/support/consent",
    response_model=Done,
    dependencies=[may(Permission.SUPPORT_REVOKE)],
    summary="Let support change things in users' names, for a while",
)
async def allow_support(attempt: AttemptDep, body: Annotated[ConsentBody, json_body(ConsentBody)]) -> Any:
    tenant_id = tenant_of(attempt.actor)
    command = s.AllowSupportWrites(tenant_id=tenant_id, reason=body.reason, hours=body.hours)
    return done(attempt, tenant_id, await attempt.send(command, tenant_id, attempt.actor.partner_id))


@router.delete(
    "/support/consent",
    response_model=Done,
    dependencies=[may(Permission.SUPPORT_REVOKE)],
    summary="Let support change nothing more; what it changes now ends",
)
async def refuse_support(parts: Parts, attempt: AttemptDep) -> Any:
    tenant_id = tenant_of(attempt.actor)
    command = s.WithdrawSupportWrites(tenant_id=tenant_id)
    answer = await attempt.send(command, tenant_id, attempt.actor.partner_id)
    parts.standing.forget()
    return done(attempt, tenant_id, answer)


@router.get(
    "/support/consent",
    response_model=Consent,
    dependencies=[may(Permission.SUPPORT_REVOKE), *SEEING],
    summary="Whether support may change things",
)
async def support_consent(parts: Parts, actor: CurrentActor, scope: CurrentScope) -> Consent:
    row = await parts.reads.support_consent(scope, tenant_of(actor))
    if row is None:
        return Consent(allowed=False, until=None, reason=None)
    return Consent(allowed=row.until > datetime.now(UTC), until=row.until, reason=row.reason)


async def starting(
    parts: Deps, scope: Scope, attempt: Attempt, id_: UUID, body: ImpersonateBody
) -> tuple[s.StartImpersonation, Any]:
    tenant = await visible_tenant(parts, scope, body.tenant)
    member = await parts.reads.member(scope, tenant.id, body.user)
    helper = await parts.reads.user_by_id(PLATFORM_SCOPE, UUID(attempt.actor.id))
    if member is None or helper is None:
        raise not_found("identity.not_a_member", "member of this tenant")
    command = s.StartImpersonation(
        tenant_id=tenant.id,
        place_name=tenant.name,
        impersonation_id=id_,
        user_id=member.id,
        email=member.email,
        by=helper.name,
        reason=body.reason,
        minutes=body.minutes,
        write=body.write,
        heads=await heads_of(parts, tenant.id, member.id),
    )
    return command, tenant.partner_id


async def heads_of(parts: Deps, tenant_id: UUID, but: UUID) -> tuple[str, ...]:
    """Where letters reach who answers for the tenant: owners first, in bounds."""
    found = [row async for row in everybody_at(parts, tenant_id) if row.role in TOLD and row.id != but]
    found.sort(key=lambda row: TOLD.index(row.role))
    return tuple(row.email for row in found[:MOST_TOLD])


async def seen(parts: Deps, id_: UUID) -> bool:
    return await parts.reads.impersonation(PLATFORM_SCOPE, id_) is not None


async def token(parts: Deps, helper: Actor, id_: UUID) -> ImpersonationToken:
    """For who began it, while it goes on, and never beyond its end."""
    row = await parts.reads.impersonation(PLATFORM_SCOPE, id_)
    now = datetime.now(UTC)
    if row is None or str(row.support_id) != helper.id or helper.impersonator or helper.kind != "user":
        raise not_found("identity.impersonation_not_found", "impersonation")
    if row.ended_at is not None or row.until <= now:
        raise ApiProblem(409, "identity.impersonation_ended", "This impersonation is over.")
    seconds = min(parts.tokens.seconds, int((row.until - now).total_seconds()))
    text = parts.tokens.issue(acting(helper, row), seconds)
    return ImpersonationToken(id=row.id, access_token=text, expires_in=seconds, until=row.until)


def acting(helper: Actor, row: ImpersonationRow) -> Actor:
    return Actor(
        kind="user",
        id=str(row.user_id),
        role=row.role,
        tenant_id=row.tenant_id,
        partner_id=row.partner_id,
        scopes=row.scopes,
        session_id=row.id,
        impersonator=helper.id,
        authenticated_at=helper.authenticated_at,
        mfa=helper.mfa,
    )


def require_to_see(actor: Actor) -> None:
    """The tenant's people who may end it, support, and who audits."""
    wanted = (Permission.SUPPORT_REVOKE, Permission.SUPPORT_ACT, Permission.ACCESS_READ)
    if not any(actor.may(permission) for permission in wanted):
        raise ApiProblem(403, "auth.forbidden", f"Your role does not include {wanted[0]}.")


async def shown(parts: Deps, rows: Sequence[ImpersonationRow]) -> list[Impersonation]:
    names = await parts.people.open([row.support for row in rows])
    return [
        Impersonation(
            id=row.id,
            tenant_id=row.tenant_id,
            user_id=row.user_id,
            role=row.role,
            support_id=row.support_id,
            support=name,
            reason=row.reason,
            write=row.write,
            scopes=sorted(row.scopes),
            until=row.until,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
            created_at=row.created_at,
        )
        for row, name in zip(rows, names, strict=True)
    ]
