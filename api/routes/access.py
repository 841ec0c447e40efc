"""Who asked for what, and whether they were let in."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime
from starlette.responses import Response, StreamingResponse

from api.access_exports import Form, content
from api.deps import CurrentScope, Parts, current_actor, may
from api.errors import invalid
from api.models.access import ENTRY, AccessEntry, AccessPage
from api.pagination import LongPageDep, encode
from api.routes.tenancy import visible_tenant
from infra.access_log.entries import Decision, Wanted
from schemas.access import Permission
from schemas.envelope import Problem

router = APIRouter(
    prefix="/audit", tags=["audit"], dependencies=[Depends(current_actor), may(Permission.AUDIT_READ)]
)

LONGEST = timedelta(days=31)
MEDIA: dict[Form, str] = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}
EXAMPLES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"example": "id,at,request_id,…\n"},
            "application/x-ndjson": {"example": ENTRY},
        }
    }
}
Text = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]


async def wanted(
    parts: Parts,
    scope: CurrentScope,
    actor: Annotated[Text, Query(description="Who acted: as recorded, or an id.")] = None,
    tenant_id: UUID | None = None,
    route: Annotated[Text, Query(description="The pattern, for example `/agents/{agent_id}`.")] = None,
    decision: Decision | None = None,
    since: AwareDatetime | None = None,
    until: Annotated[AwareDatetime | None, Query(description="Without this time itself.")] = None,
) -> Wanted:
    if tenant_id is not None:
        await visible_tenant(parts, scope, tenant_id)
    return Wanted(actor=actor, tenant_id=tenant_id, route=route, decision=decision, since=since, until=until)


WantedDep = Annotated[Wanted, Depends(wanted)]


@router.get("/access", response_model=AccessPage, summary="Who asked for what, newest first")
async def get_access(
    parts: Parts, scope: CurrentScope, page: LongPageDep, looked_for: WantedDep
) -> AccessPage:
    """Requests that change something, denied ones, exports, and all that is done in another's name.

    A tenant sees its own, a partner also those of its tenants.
    """
    found = await parts.access.page(scope, looked_for, page.key, page.limit)
    items = [AccessEntry.model_validate(asdict(entry)) for entry in found.items]
    return AccessPage(items=items, next_cursor=encode(found.next))


@router.get(
    "/access/export",
    response_class=Response,
    responses=EXAMPLES,
    summary="The access log of a month, to take along",
)
async def export_access(
    parts: Parts,
    scope: CurrentScope,
    looked_for: WantedDep,
    form: Annotated[Form, Query(description="A table, or a JSON object a line.")] = "ndjson",
) -> Response:
    """At most 31 days; without `since` the last ones before `until`."""
    until = looked_for.until or datetime.now(UTC)
    since = looked_for.since or until - LONGEST
    if until - since > LONGEST:
        problem = Problem(code="access_log.too_long", message="At most 31 days at once.", path="query.since")
        raise invalid([problem])
    body = content(parts.access, scope, replace(looked_for, since=since, until=until), form)
    name = {"Content-Disposition": f'attachment; filename="access.{form}"'}
    return StreamingResponse(body, media_type=MEDIA[form], headers=name)
