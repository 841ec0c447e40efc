"""Who may do what: one table, read by the edge and by the command consumer."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal


class Permission(StrEnum):
    PARTNERS_CREATE = "partners:create"
    PARTNERS_MANAGE = "partners:manage"
    """Its name, settings and branding."""

    TENANTS_PROVISION = "tenants:provision"
    TENANTS_SUSPEND = "tenants:suspend"
    TENANTS_LIMIT = "tenants:limit"
    TENANTS_READ = "tenants:read"
    TENANTS_MANAGE = "tenants:manage"
    """Its name, settings, branding and subdomain."""

    TENANTS_CLOSE = "tenants:close"
    TENANTS_TRANSFER = "tenants:transfer"
    """To another partner."""

    DATA_EXPORT = "data:export"
    """All a tenant has, as one bundle."""

    MEMBERS_READ = "members:read"
    MEMBERS_MANAGE = "members:manage"
    """Invite, change roles, remove."""

    KEYS_READ = "keys:read"
    KEYS_MANAGE = "keys:manage"
    """Service accounts and their keys."""

    ACCESS_READ = "access:read"
    """Who did what, and who may."""

    SUPPORT_ACT = "support:act"
    """Act as a tenant's user, for a while and for a reason."""

    SUPPORT_REVOKE = "support:revoke"
    """End what support does as one's own users."""

    USERS_MANAGE = "users:manage"
    """Disable, enable and erase people."""

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
    AUTHORING_READ = "authoring:read"
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

    INVITATIONS_ACCEPT = "invitations:accept"
    """No role has it: the edge accepts for who has the letter and shows who they are, as the system."""

    LETTERS_REQUEST = "letters:request"
    """No role has it: the edge asks for letters about what people do there, as the system. The name is part
    of stored events, so it stays."""

    SELF = "self"
    """A person's own account: everybody has it, for their own stream only."""

    INTERNAL = "internal"
    """Commands only policies, effects and timers send."""


Level = Literal["platform", "partner", "tenant"]
"""Whose role it is. Each sees what is below it as far as its permissions go."""


class Role(StrEnum):
    PLATFORM_ADMIN = "platform_admin"
    PLATFORM_AUDITOR = "platform_auditor"
    PLATFORM_SUPPORT = "platform_support"
    PARTNER_ADMIN = "partner_admin"
    PARTNER_MEMBER = "partner_member"
    PARTNER_FINANCE = "partner_finance"
    TENANT_OWNER = "tenant_owner"
    TENANT_ADMIN = "tenant_admin"
    TENANT_BUILDER = "tenant_builder"
    TENANT_OPERATOR = "tenant_operator"
    TENANT_VIEWER = "tenant_viewer"
    TENANT_BILLING = "tenant_billing"

    @property
    def level(self) -> Level:
        level: Level = self.value.partition("_")[0]  # type: ignore[assignment]
        return level


P = Permission
VIEWER = frozenset({P.TENANTS_READ, P.AUTHORING_READ, P.EXECUTIONS_READ, P.MEMBERS_READ})
OPERATOR = VIEWER | {P.EXECUTIONS_START, P.EXECUTIONS_CONTROL, P.APPROVALS_ANSWER}
BUILDER = OPERATOR | {P.AUTHORING_WRITE, P.LEDGER_READ}
BILLING = frozenset(
    {
        *(P.TENANTS_READ, P.MEMBERS_READ, P.LEDGER_READ, P.AUDIT_READ, P.BUDGETS_SET, P.INVOICES_READ),
        *(P.PAYMENTS_READ, P.PAYMENTS_METHOD, P.PAYMENTS_COLLECT),
    }
)
TENANT_ADMIN = (
    BUILDER
    | BILLING
    | {
        *(P.TENANTS_MANAGE, P.MEMBERS_MANAGE, P.KEYS_READ, P.KEYS_MANAGE, P.ACCESS_READ, P.SUPPORT_REVOKE),
        P.DATA_EXPORT,
    }
)

PARTNER_MEMBER = frozenset({P.TENANTS_READ, P.EXECUTIONS_READ, P.MEMBERS_READ})
PARTNER_FINANCE = frozenset(
    {
        *(P.TENANTS_READ, P.MEMBERS_READ, P.RATES_READ, P.LEDGER_READ, P.AUDIT_READ, P.EARNINGS_READ),
        *(P.INVOICES_READ, P.INVOICES_ISSUE, P.PAYMENTS_READ, P.DUNNING_READ, P.DUNNING_SET),
    }
)
PARTNER_ADMIN = (
    PARTNER_MEMBER
    | PARTNER_FINANCE
    | {
        *(P.PARTNERS_MANAGE, P.TENANTS_PROVISION, P.TENANTS_SUSPEND, P.TENANTS_LIMIT, P.TENANTS_MANAGE),
        *(P.MEMBERS_MANAGE, P.KEYS_READ, P.KEYS_MANAGE, P.ACCESS_READ),
    }
)

PLATFORM_AUDITOR = frozenset(
    {
        *(P.TENANTS_READ, P.EXECUTIONS_READ, P.MEMBERS_READ, P.KEYS_READ, P.ACCESS_READ, P.RATES_READ),
        *(P.LEDGER_READ, P.AUDIT_READ, P.EARNINGS_READ, P.MARGINS_READ, P.INVOICES_READ, P.PAYMENTS_READ),
        P.DUNNING_READ,
    }
)
PLATFORM_SUPPORT = frozenset(
    {P.TENANTS_READ, P.EXECUTIONS_READ, P.MEMBERS_READ, P.ACCESS_READ, P.SUPPORT_ACT, P.DUNNING_READ}
)
PLATFORM_ADMIN = (
    PLATFORM_AUDITOR
    | PLATFORM_SUPPORT
    | {
        *(P.PARTNERS_CREATE, P.PARTNERS_MANAGE, P.PARTNERS_LIMIT, P.TENANTS_PROVISION, P.TENANTS_SUSPEND),
        *(P.TENANTS_LIMIT, P.TENANTS_MANAGE, P.TENANTS_CLOSE, P.TENANTS_TRANSFER, P.DATA_EXPORT),
        *(P.MEMBERS_MANAGE, P.KEYS_MANAGE, P.SUPPORT_REVOKE, P.USERS_MANAGE, P.RATES_SET, P.WALLETS_TOP_UP),
        *(P.LEDGER_CORRECT, P.PERIODS_CLOSE, P.EXECUTIONS_TERMINATE, P.INVOICES_ISSUE, P.TAXES_SET),
        *(P.PAYMENTS_COLLECT, P.PAYMENTS_RECORD, P.PAYMENTS_REFUND, P.DUNNING_SET),
    }
)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PLATFORM_ADMIN: PLATFORM_ADMIN,
    Role.PLATFORM_AUDITOR: PLATFORM_AUDITOR,
    Role.PLATFORM_SUPPORT: PLATFORM_SUPPORT,
    Role.PARTNER_ADMIN: PARTNER_ADMIN,
    Role.PARTNER_MEMBER: PARTNER_MEMBER,
    Role.PARTNER_FINANCE: PARTNER_FINANCE,
    Role.TENANT_OWNER: TENANT_ADMIN | {P.TENANTS_CLOSE},
    Role.TENANT_ADMIN: TENANT_ADMIN,
    Role.TENANT_BUILDER: BUILDER,
    Role.TENANT_OPERATOR: OPERATOR,
    Role.TENANT_VIEWER: VIEWER,
    Role.TENANT_BILLING: BILLING,
}

HEADS = frozenset({Role.TENANT_OWNER, Role.PARTNER_ADMIN, Role.PLATFORM_ADMIN})
"""Each place keeps at least one of these once it has one."""

READS = frozenset(permission for permission in Permission if permission.endswith(":read"))
"""What changes nothing."""


WHILE_SUSPENDED = frozenset(
    {
        *(P.SELF, P.PAYMENTS_METHOD, P.PAYMENTS_COLLECT, P.TENANTS_CLOSE, P.DATA_EXPORT, P.SUPPORT_REVOKE),
        P.EXECUTIONS_CONTROL,
    }
)
"""What a suspended tenant's people may still do: pay, leave, take their data along, stop what runs."""


def grantable(by: Role | None) -> frozenset[Role]:
    """The roles somebody with this one may give: of the same level, and none that can do more."""
    if by is None:
        return frozenset()
    return frozenset(role for role in Role if role.level == by.level and PERMISSIONS[role] <= PERMISSIONS[by])


def permitted(role: Role | None, scopes: Iterable[Permission] | None) -> frozenset[Permission]:
    """A role's permissions, as far as `scopes`, which only take away, allow."""
    granted = PERMISSIONS[role] if role is not None else frozenset()
    return granted if scopes is None else granted & frozenset(scopes)
