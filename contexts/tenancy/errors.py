from contexts.kernel import Rejection
from schemas.tenancy.types import TENANT_CLOSED


class PartnerNotFound(Rejection):
    code = "tenancy.partner_not_found"
    kind = "not_found"


class PartnerExists(Rejection):
    code = "tenancy.partner_exists"
    kind = "conflict"


class NotYourPartner(Rejection):
    code = "tenancy.not_your_partner"
    kind = "forbidden"


class PartnerIsClosed(Rejection):
    code = "tenancy.partner_closed"
    kind = "conflict"


class PartnerHasTenants(Rejection):
    code = "tenancy.partner_has_tenants"
    kind = "conflict"


class TenantIsClosed(Rejection):
    code = TENANT_CLOSED
    kind = "forbidden"


class TenantNotClosing(Rejection):
    code = "tenancy.tenant_not_closing"
    kind = "conflict"


class TenantNotFound(Rejection):
    code = "tenancy.tenant_not_found"
    kind = "not_found"


class TenantExists(Rejection):
    code = "tenancy.tenant_exists"
    kind = "conflict"


class TenantNotActive(Rejection):
    code = "tenancy.tenant_not_active"
    kind = "conflict"


class TenantNotSuspended(Rejection):
    code = "tenancy.tenant_not_suspended"
    kind = "conflict"


class TooManyBudgets(Rejection):
    code = "tenancy.too_many_budgets"
    kind = "conflict"


class HeldForAnotherCause(Rejection):
    code = "tenancy.held_for_another_cause"
    kind = "conflict"
