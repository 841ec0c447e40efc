"""What the places are called where people have roles."""

from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import MemberRow

PLATFORM_NAME = "HireBuddha"


async def name_of(deps: Deps, row: MemberRow) -> str:
    if row.tenant_id is not None:
        tenant = await deps.reads.tenant(PLATFORM_SCOPE, row.tenant_id)
        return tenant.name if tenant else ""
    if row.partner_id is not None:
        partner = await deps.reads.partner(PLATFORM_SCOPE, row.partner_id)
        return partner.name if partner else ""
    return PLATFORM_NAME
