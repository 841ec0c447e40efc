"""What becomes of a partner after it was created."""

from schemas.base import Command, Event, PartnerId, TenantId
from schemas.identity.types import Reason
from schemas.tenancy.profile import Branding, ProfileSettings
from schemas.tenancy.types import Name

PARTNER = "partner-{0.partner_id}"


class RevisePartner(Command, type_name="tenancy.partner.revise", stream=PARTNER):
    """What is absent stays as it is."""

    partner_id: PartnerId
    name: Name | None = None
    settings: ProfileSettings | None = None
    branding: Branding | None = None


class ClosePartner(Command, type_name="tenancy.partner.close", stream=PARTNER):
    """For ever. Its tenants are closed or have another partner by then."""

    partner_id: PartnerId
    reason: Reason


class PartnerRevised(Event, type_name="tenancy.partner.revised"):
    partner_id: PartnerId
    name: str | None
    settings: ProfileSettings | None
    branding: Branding | None


class PartnerClosed(Event, type_name="tenancy.partner.closed"):
    partner_id: PartnerId
    reason: str


class PartnerTenantAdded(Event, type_name="tenancy.partner.tenant_added", stream=PARTNER):
    """From now on it sees this tenant, and answers for it."""

    partner_id: PartnerId
    tenant_id: TenantId


class PartnerTenantRemoved(Event, type_name="tenancy.partner.tenant_removed", stream=PARTNER):
    """To another partner. What it earned stays its own."""

    partner_id: PartnerId
    tenant_id: TenantId


class PartnerTenantClosed(Event, type_name="tenancy.partner.tenant_closed", stream=PARTNER):
    """It still sees the tenant, for what is left to settle."""

    partner_id: PartnerId
    tenant_id: TenantId
