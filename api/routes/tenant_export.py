"""Taking along all a tenant has. Also while it is suspended."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from api.deps import CurrentScope, Parts, current_actor, may
from api.routes.tenancy import visible_tenant
from api.tenant_export import archive, file_name
from schemas.access import Permission

router = APIRouter(tags=["tenancy"], dependencies=[Depends(current_actor)])
EXAMPLE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {"example": "PK…"}}}}


@router.get(
    "/tenants/{tenant_id}/export",
    dependencies=[may(Permission.DATA_EXPORT)],
    response_class=StreamingResponse,
    responses=EXAMPLE,
    summary="All a tenant has, as one archive",
)
async def export_tenant(parts: Parts, scope: CurrentScope, tenant_id: UUID) -> StreamingResponse:
    """JSON lines for each kind of thing, and a manifest with their hashes. Secrets' values are in no file."""
    tenant = await visible_tenant(parts, scope, tenant_id)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(tenant.id)}"'}
    body = archive(parts.reads, parts.people, tenant.id)
    return StreamingResponse(body, media_type="application/zip", headers=headers)
