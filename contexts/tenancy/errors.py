from contexts.kernel import Rejection


class PartnerNotFound(Rejection):
    code = "tenancy.partner_not_found"
    kind = "not_found"


class PartnerExists(Rejection):
    code = "tenancy.partner_exists"
    kind = "conflict"


class NotYourPartner(Rejection):
    code = "tenancy.not_your_partner"
    kind = "forbidden"


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
