"""Commands in groups: `hb partners`, `hb tenants`."""

from typing import Annotated, Literal
from uuid import UUID

import typer

from api.cli.options import Data, settings_for

partners = typer.Typer(no_args_is_help=True, help="Partners: look, close.")
tenants = typer.Typer(no_args_is_help=True, help="Tenants: look, hold back, close, give away.")

Tenant = Annotated[UUID, typer.Argument(help="The tenant.")]
Reason = Annotated[str, typer.Option(help="Why; it stays in the record.")]
Status = Literal["provisioned", "active", "past_due", "restricted", "suspended", "closed"]


@partners.command("list")
def partners_list(data: Data = None) -> None:
    """The newest hundred."""
    from api.cli import tenancy

    tenancy.list_partners(settings_for(data))


@partners.command("close")
def partners_close(
    partner: Annotated[UUID, typer.Argument(help="One without open tenants.")],
    reason: Reason,
    data: Data = None,
) -> None:
    """For ever."""
    from api.cli import tenancy

    tenancy.close_partner(settings_for(data), partner, reason)


@tenants.command("list")
def tenants_list(
    partner: Annotated[UUID | None, typer.Option(help="Only this partner's.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only those that are so now.")] = None,
    data: Data = None,
) -> None:
    """The newest hundred."""
    from api.cli import tenancy

    tenancy.list_tenants(settings_for(data), partner, status)


@tenants.command("show")
def tenants_show(tenant: Tenant, data: Data = None) -> None:
    """One, and what holds it back."""
    from api.cli import tenancy

    tenancy.show_tenant(settings_for(data), tenant)


@tenants.command("suspend")
def tenants_suspend(
    tenant: Tenant,
    reason: Reason,
    data: Data = None,
) -> None:
    """Nothing of it runs any more; its people may pay and take their data."""
    from api.cli import tenancy

    tenancy.suspend(settings_for(data), tenant, reason)


@tenants.command("reinstate")
def tenants_reinstate(
    tenant: Tenant,
    reason: Reason,
    data: Data = None,
) -> None:
    """Let go of what the platform holds back; what others hold back stays."""
    from api.cli import tenancy

    tenancy.reinstate(settings_for(data), tenant, reason)


@tenants.command("close")
def tenants_close(
    tenant: Tenant,
    reason: Reason,
    data: Data = None,
) -> None:
    """Close it once its period of grace is over."""
    from api.cli import tenancy

    tenancy.close(settings_for(data), tenant, reason)


@tenants.command("withdraw")
def tenants_withdraw(
    tenant: Tenant,
    reason: Reason,
    data: Data = None,
) -> None:
    """Let one that was about to be closed go on."""
    from api.cli import tenancy

    tenancy.withdraw(settings_for(data), tenant, reason)


@tenants.command("transfer")
def tenants_transfer(
    tenant: Tenant,
    to: Annotated[UUID, typer.Option(help="The partner it goes to.")],
    reason: Reason,
    data: Data = None,
) -> None:
    """Give it to another partner, from the next call on."""
    from api.cli import tenancy

    tenancy.transfer(settings_for(data), tenant, to, reason)


@tenants.command("subdomain")
def tenants_subdomain(
    tenant: Tenant,
    name: Annotated[str, typer.Argument(help="The new name.")],
    data: Data = None,
) -> None:
    """Give it another subdomain; the one before is kept for it for 30 days."""
    from api.cli import tenancy

    tenancy.subdomain(settings_for(data), tenant, name)
