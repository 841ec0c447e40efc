from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Parts
from api.models.tenancy import ShownBranding
from api.profiles import laid_over
from api.reads import PLATFORM_SCOPE

router = APIRouter(tags=["tenants"])
NOBODYS = ShownBranding(name=None, logo=None, colour=None)


Host = Annotated[
    str, Query(max_length=253, description="As the browser shows it.", examples=["acme.example"])
]


@router.get("/branding", response_model=ShownBranding, summary="How a sign-in page looks under a host")
async def get_branding(
    parts: Parts,
    host: Annotated[
        str, Query(max_length=253, description="As the browser shows it.", examples=["acme.example"])
    ],
) -> ShownBranding:
    """Public. A host that is nobody's, and one of a tenant that is closed, look like the platform."""
    tenant = await parts.hosts.tenant_at(host)
    if tenant is None:
        return NOBODYS
    partner = await parts.reads.partner(PLATFORM_SCOPE, tenant.partner_id)
    return laid_over(tenant.name, tenant.branding, partner.branding) if partner else NOBODYS
