"""Who may do what: one table, read by the edge and by the command consumer."""

from enum import StrEnum


class Permission(StrEnum):
    PARTNERS_CREATE = "partners:create"
    TENANTS_PROVISION = "tenants:provision"
    TENANTS_SUSPEND = "tenants:suspend"
    TENANTS_LIMIT = "tenants:limit"
    TENANTS_READ = "tenants:read"
    PARTNERS_LIMIT = "partners:limit"
    """The budget of all a partner's tenants together."""

    BUDGETS_SET = "budgets:set"
    """Of a tenant's workflows and agents."""

    RATES_SET = "rates:set"
    RATES_READ = "rates:read"
    """A partner's terms. Prices come with the ledger, costs with setting them."""

    WALLETS_TOP_UP = "wallets:top_up"
    """And say whether a tenant pays in advance."""

    LEDGER_CORRECT = "ledger:correct"
    PERIODS_CLOSE = "periods:close"
    AUTHORING_WRITE = "authoring:write"
    EXECUTIONS_START = "executions:start"
    EXECUTIONS_READ = "executions:read"
    EXECUTIONS_CONTROL = "executions:control"
    """Pause, resume, cancel, signal."""

    EXECUTIONS_TERMINATE = "executions:terminate"
    APPROVALS_ANSWER = "approvals:answer"
    LEDGER_READ = "ledger:read"
    AUDIT_READ = "audit:read"
    EARNINGS_READ = "earnings:read"
    """What a partner's tenants brought it."""

    MARGINS_READ = "margins:read"
    """What is left for the platform."""

    INVOICES_READ = "invoices:read"
    INVOICES_ISSUE = "invoices:issue"
    """Who issues invoices, to whom, and what is taken back of them."""

    TAXES_SET = "taxes:set"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_METHOD = "payments:method"
    """Say how a tenant pays."""

    PAYMENTS_COLLECT = "payments:collect"
    PAYMENTS_RECORD = "payments:record"
    """Receipts, write-offs, withdrawn invoices."""

    PAYMENTS_REFUND = "payments:refund"
    DUNNING_READ = "dunning:read"
    DUNNING_SET = "dunning:set"
    """Schedules and exemptions."""

    USERS_REGISTER = "users:register"
    LETTERS_REQUEST = "letters:request"
    """No role has it: the edge asks for letters about what people do there, as the system."""

    INTERNAL = "internal"
    """Commands only policies, effects and timers send."""


class Role(StrEnum):
    APP_ADMIN = "app_admin"
    PARTNER_ADMIN = "partner_admin"
    TENANT_ADMIN = "tenant_admin"


TENANT_PERMISSIONS = frozenset(
    {
        Permission.TENANTS_READ,
        Permission.BUDGETS_SET,
        Permission.AUTHORING_WRITE,
        Permission.EXECUTIONS_START,
        Permission.EXECUTIONS_READ,
        Permission.EXECUTIONS_CONTROL,
        Permission.APPROVALS_ANSWER,
        Permission.LEDGER_READ,
        Permission.AUDIT_READ,
        Permission.INVOICES_READ,
        Permission.PAYMENTS_READ,
        Permission.PAYMENTS_METHOD,
        Permission.PAYMENTS_COLLECT,
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
            Permission.PARTNERS_LIMIT,
            Permission.RATES_SET,
            Permission.RATES_READ,
            Permission.WALLETS_TOP_UP,
            Permission.LEDGER_CORRECT,
            Permission.PERIODS_CLOSE,
            Permission.EXECUTIONS_READ,
            Permission.EXECUTIONS_TERMINATE,
            Permission.LEDGER_READ,
            Permission.AUDIT_READ,
            Permission.EARNINGS_READ,
            Permission.MARGINS_READ,
            Permission.INVOICES_READ,
            Permission.INVOICES_ISSUE,
            Permission.TAXES_SET,
            Permission.PAYMENTS_READ,
            Permission.PAYMENTS_COLLECT,
            Permission.PAYMENTS_RECORD,
            Permission.PAYMENTS_REFUND,
            Permission.DUNNING_READ,
            Permission.DUNNING_SET,
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
            Permission.AUDIT_READ,
            Permission.EARNINGS_READ,
            Permission.INVOICES_READ,
            Permission.INVOICES_ISSUE,
            Permission.PAYMENTS_READ,
            Permission.DUNNING_READ,
            Permission.DUNNING_SET,
        }
    ),
    Role.TENANT_ADMIN: TENANT_PERMISSIONS,
}
