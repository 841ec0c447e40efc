"""A tenant's later life: its profile and its name, other partners, its end."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from schemas.base import Claim, Command, Event, PartnerId, TenantId
from schemas.identity.types import Reason
from schemas.tenancy import subdomains
from schemas.tenancy.profile import Branding, ProfileSettings
from schemas.tenancy.types import Name, Subdomain, TenantStatus

TENANT = "tenant-{0.tenant_id}"
GRACE_DAYS = 30
GraceDays = Annotated[int, Field(ge=1, le=365)]


class ReviseTenant(Command, type_name="tenancy.tenant.revise", stream=TENANT):
    """What is absent stays as it is."""

    tenant_id: TenantId
    name: Name | None = None
    settings: ProfileSettings | None = None
    branding: Branding | None = None


class ChangeSubdomain(Command, type_name="tenancy.tenant.change_subdomain", stream=TENANT):
    tenant_id: TenantId
    subdomain: Subdomain


class FreeSubdomain(Command, type_name="tenancy.tenant.free_subdomain", stream=TENANT):
    """One that was given up long enough ago."""

    tenant_id: TenantId
    subdomain: str


class TransferTenant(Command, type_name="tenancy.tenant.transfer", stream=TENANT):
    tenant_id: TenantId
    to_partner: PartnerId
    reason: Reason


class BeginClosing(Command, type_name="tenancy.tenant.begin_closing", stream=TENANT):
    """`grace_days`: how long its owner may still change their mind, and take everything along."""

    tenant_id: TenantId
    reason: Reason
    grace_days: GraceDays = GRACE_DAYS


class WithdrawClosing(Command, type_name="tenancy.tenant.withdraw_closing", stream=TENANT):
    tenant_id: TenantId
    reason: Reason


class CloseTenant(Command, type_name="tenancy.tenant.close", stream=TENANT):
    """Its grace is over; or it was provisioned long ago, and nobody ever came."""

    tenant_id: TenantId


class TenantRevised(Event, type_name="tenancy.tenant.revised"):
    tenant_id: TenantId
    name: str | None
    settings: ProfileSettings | None
    branding: Branding | None


class SubdomainChanged(Event, type_name="tenancy.tenant.subdomain_changed"):
    """The one before stays taken until `free_at`."""

    tenant_id: TenantId
    subdomain: str
    before: str
    free_at: datetime

    def claims(self) -> tuple[Claim, ...]:
        return (subdomains.claim(self.subdomain, self.tenant_id),)


class SubdomainFreed(Event, type_name="tenancy.tenant.subdomain_freed"):
    tenant_id: TenantId
    subdomain: str

    def releases(self) -> tuple[Claim, ...]:
        return (subdomains.claim(self.subdomain, self.tenant_id),)


class TenantTransferred(Event, type_name="tenancy.tenant.transferred"):
    """What was earned before `at` is the old partner's; calls from then on go by the new one's terms."""

    tenant_id: TenantId
    from_partner: PartnerId
    to_partner: PartnerId
    at: datetime
    reason: str


class TenantClosingBegun(Event, type_name="tenancy.tenant.closing_begun"):
    """Nothing new begins. `due_at`: when the tenant is closed, unless this is withdrawn."""

    tenant_id: TenantId
    reason: str
    due_at: datetime
    status: TenantStatus


class TenantClosingWithdrawn(Event, type_name="tenancy.tenant.closing_withdrawn"):
    tenant_id: TenantId
    reason: str
    status: TenantStatus


class TenantClosed(Event, type_name="tenancy.tenant.closed"):
    """For ever: nobody signs in, nothing runs. Its ledger and its invoices stay.

    Its name is free for others at `free_at`.
    """

    tenant_id: TenantId
    partner_id: PartnerId
    reason: str
    subdomain: str
    free_at: datetime
    status: TenantStatus = "closed"
