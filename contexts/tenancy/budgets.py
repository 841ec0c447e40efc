"""What a tenant, and each of its workflows and agents, may be charged in a month."""

from contexts.kernel import Context
from contexts.tenancy.errors import TooManyBudgets
from contexts.tenancy.tenant import Tenant, open_own
from schemas.tenancy.commands import SetSourceBudget, SetTenantBudget
from schemas.tenancy.events import SourceBudgetSet, TenantBudgetSet

MAX_SOURCES = 1_000


def set_budget(state: Tenant | None, command: SetTenantBudget, ctx: Context) -> list[TenantBudgetSet]:
    """Calls that are held go on, however low the budget becomes."""
    tenant = open_own(state, command.tenant_id, ctx)
    if tenant.monthly_budget == command.monthly_budget:
        return []
    return [TenantBudgetSet(tenant_id=command.tenant_id, monthly_budget=command.monthly_budget)]


def set_source_budget(state: Tenant | None, command: SetSourceBudget, ctx: Context) -> list[SourceBudgetSet]:
    tenant = open_own(state, command.tenant_id, ctx)
    known = tenant.source_budgets
    if known.get(command.source.id) == command.monthly_budget:
        return []
    if command.source.id not in known and len(known) >= MAX_SOURCES:
        raise TooManyBudgets(f"{MAX_SOURCES} workflows and agents have a budget of their own")
    return [SourceBudgetSet(**dict(command))]
