"""Who may do what: one table, read by the edge and by the command consumer."""

from enum import StrEnum


class Permission(StrEnum):
    PARTNERS_CREATE = "partners:create"
    TENANTS_PROVISION = "tenants:provision"
    TENANTS_SUSPEND = "tenants:suspend"
    TENANTS_LIMIT = "tenants:limit"
    TENANTS_READ = "tenants:read"
    RATES_SET = "rates:set"
    RATES_READ = "rates:read"
    """A partner's terms. Prices come with the ledger, costs with setting them."""

    AUTHORING_WRITE = "authoring:write"
    EXECUTIONS_START = "executions:start"
    EXECUTIONS_READ = "executions:read"
    EXECUTIONS_CONTROL = "executions:control"
    """Pause, resume, cancel, signal."""

    EXECUTIONS_TERMINATE = "executions:terminate"
    APPROVALS_ANSWER = "approvals:answer"
    LEDGER_READ = "ledger:read"
    EARNINGS_READ = "earnings:read"
    """What a partner's tenants brought it."""

    MARGINS_READ = "margins:read"
    """What is left for the platform."""

    INVOICES_READ = "invoices:read"
    INVOICES_ISSUE = "invoices:issue"
    """Who issues invoices, to whom, and what is taken back of them."""

    TAXES_SET = "taxes:set"
    USERS_REGISTER = "users:register"
    INTERNAL = "internal"
    """Commands only policies, effects and timers send."""


class Role(StrEnum):
    APP_ADMIN = "app_admin"
    PARTNER_ADMIN = "partner_admin"
    TENANT_ADMIN = "tenant_admin"


TENANT_PERMISSIONS = frozenset(
    {
        Permission.TENANTS_READ,
        Permission.AUTHORING_WRITE,
        Permission.EXECUTIONS_START,
        Permission.EXECUTIONS_READ,
        Permission.EXECUTIONS_CONTROL,
        Permission.APPROVALS_ANSWER,
        Permission.LEDGER_READ,
        Permission.INVOICES_READ,
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.APP_ADMIN: frozenset(
        {
            Permission.PARTNERS_CREATE,
            Permission.TENANTS_PROVISION,
            Permission.TENANTS_SUSPEND,
            Permission.TENANTS_LIMIT,
            Permission.TENANTS_READ,
            Permission.RATES_SET,
            Permission.RATES_READ,
            Permission.EXECUTIONS_READ,
            Permission.EXECUTIONS_TERMINATE,
            Permission.LEDGER_READ,
            Permission.EARNINGS_READ,
            Permission.MARGINS_READ,
            Permission.INVOICES_READ,
            Permission.INVOICES_ISSUE,
            Permission.TAXES_SET,
            Permission.USERS_REGISTER,
        }
    ),
    Role.PARTNER_ADMIN: frozenset(
        {
            Permission.RATES_READ,
            Permission.TENANTS_PROVISION,
            Permission.TENANTS_SUSPEND,
            Permission.TENANTS_LIMIT,
            Permission.TENANTS_READ,
            Permission.EXECUTIONS_READ,
            Permission.LEDGER_READ,
            Permission.EARNINGS_READ,
            Permission.INVOICES_READ,
            Permission.INVOICES_ISSUE,
        }
    ),
    Role.TENANT_ADMIN: TENANT_PERMISSIONS,
}
