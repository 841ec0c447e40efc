from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.bodies import json_body
from api.deps import CurrentScope, Parts, caught_up, current_actor, may
from api.models.common import Done
from api.models.tenancy import (
    CreatePartnerBody,
    Partner,
    PartnerCreated,
    PartnerLine,
    PartnerPage,
    ReasonBody,
    RevisePartnerBody,
    Terms,
)
from api.pagination import PageDep, encode
from api.profiles import revised, shown_branding, shown_settings
from api.routes.tenancy import can_log_in, new_person, visible_partner
from api.rows.people import PartnerRow
from api.submit import Attempt, AttemptDep, until
from schemas.access import Permission
from schemas.base import PLATFORM, Command, PartnerId
from schemas.tenancy.commands import CreatePartner
from schemas.tenancy.partners import ClosePartner, RevisePartner
from schemas.tenancy.types import PartnerTerms

router = APIRouter(tags=["partners"], dependencies=[Depends(current_actor)])


@router.post(
    "/partners",
    status_code=201,
    response_model=PartnerCreated,
    dependencies=[may(Permission.PARTNERS_CREATE)],
    summary="Create a partner, and its first admin if there is one already",
)
async def create_partner(
    parts: Parts, attempt: AttemptDep, body: Annotated[CreatePartnerBody, json_body(CreatePartnerBody)]
) -> Any:
    partner_id = PartnerId(attempt.new_id("partner"))
    command = CreatePartner(
        partner_id=partner_id,
        name=body.name,
        terms=PartnerTerms(**dict(body.terms)),
        admin=await new_person(attempt, body.admin),
    )
    answer = await attempt.send(command, PLATFORM, partner_id)
    if answer is None:
        return attempt.pending(id=partner_id)
    wait = parts.limits.read_wait_seconds
    ready = body.admin is not None and await until(lambda: can_log_in(parts, body.admin), wait)
    return PartnerCreated(id=partner_id, status="active" if ready else "created", position=answer.position)


@router.get(
    "/partners",
    response_model=PartnerPage,
    dependencies=[may(Permission.TENANTS_READ), caught_up("partners")],
    summary="List partners, newest first: all, or one's own",
)
async def list_partners(parts: Parts, scope: CurrentScope, page: PageDep) -> PartnerPage:
    found = await parts.reads.partners(scope, page.key, page.limit)
    items = [
        PartnerLine(id=row.id, name=row.name, created_at=row.created_at, closed_at=row.closed_at)
        for row in found.items
    ]
    return PartnerPage(items=items, next_cursor=encode(found.next))


@router.get(
    "/partners/{partner_id}",
    response_model=Partner,
    dependencies=[may(Permission.TENANTS_PROVISION), caught_up("partners")],
    summary="Look at a partner",
)
async def get_partner(parts: Parts, scope: CurrentScope, partner_id: UUID) -> Partner:
    row = await visible_partner(parts, scope, partner_id)
    return Partner(
        id=row.id,
        name=row.name,
        terms=Terms(markup_percent=row.markup_percent, commission_percent=row.commission_percent),
        settings=await shown_settings(parts.people, row.settings),
        branding=shown_branding(row.branding),
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


@router.patch(
    "/partners/{partner_id}",
    response_model=Done,
    dependencies=[may(Permission.PARTNERS_MANAGE)],
    summary="Change a partner's name, settings or branding",
)
async def revise_partner(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    partner_id: UUID,
    body: Annotated[RevisePartnerBody, json_body(RevisePartnerBody)],
) -> Any:
    row = await visible_partner(parts, scope, partner_id)
    settings = await revised(parts.people, row.id, row.settings, body.settings)
    command = RevisePartner(partner_id=row.id, name=body.name, settings=settings, branding=body.branding)
    return await sent(attempt, row, command)


@router.post(
    "/partners/{partner_id}/close",
    response_model=Done,
    dependencies=[may(Permission.PARTNERS_CREATE)],
    summary="Close a partner that has no open tenants, for ever",
)
async def close_partner(
    parts: Parts,
    scope: CurrentScope,
    attempt: AttemptDep,
    partner_id: UUID,
    body: Annotated[ReasonBody, json_body(ReasonBody)],
) -> Any:
    row = await visible_partner(parts, scope, partner_id)
    return await sent(attempt, row, ClosePartner(partner_id=row.id, reason=body.reason))


async def sent(attempt: Attempt, row: PartnerRow, command: Command) -> Any:
    answer = await attempt.send(command, PLATFORM, row.id)
    if answer is None:
        return attempt.pending(id=row.id)
    return Done(id=row.id, position=answer.position)
