"""Commands in groups: `hb ledger`, `hb wallets`, `hb period`."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import typer

from api.cli.options import Data, settings_for
from api.cli.rate_group import usd

Tenant = Annotated[UUID, typer.Argument(help="The tenant's id.")]
Why = Annotated[str, typer.Option(prompt=True, help="Why: it stays in the ledger.")]
Month = Annotated[str | None, typer.Option(help="The month it is about, e.g. 2026-10. Absent: this one.")]

ledger = typer.Typer(no_args_is_help=True, help="Verify it. Entries never change: take back, adjust.")
wallets = typer.Typer(no_args_is_help=True, help="Prepaid credit of tenants.")
periods = typer.Typer(no_args_is_help=True, help="Months: which are closed, and closing them.")


@ledger.command("reverse")
def ledger_reverse(
    ref: Annotated[str, typer.Argument(help="The entry: ledger-<tenant>-<month>@<version>.")],
    reason: Why,
    data: Data = None,
) -> None:
    """Take an entry back, once for ever."""
    from api.cli import ledgers

    ledgers.reverse(settings_for(data), ref, reason)


@ledger.command("adjust")
def ledger_adjust(
    tenant: Tenant,
    price: Annotated[str, typer.Option(help="US dollars; less than nothing is for the tenant's good.")],
    reason: Why,
    kind: Annotated[
        Literal["correction", "minimum", "credit", "rounding"], typer.Option(help="What it is.")
    ] = "correction",
    commission: Annotated[str, typer.Option(help="The partner's share of it.")] = "0",
    cost: Annotated[str, typer.Option(help="What it costs the platform; with --provider.")] = "0",
    provider: Annotated[str | None, typer.Option(help="Whose cost it is.")] = None,
    about: Month = None,
    data: Data = None,
) -> None:
    """Post an adjustment in this month."""
    from api.cli import ledgers

    amounts = {"price": usd(price), "commission": usd(commission), "cost": usd(cost)}
    given = {**amounts, "kind": kind, "reason": reason, "provider": provider, "about_period": about}
    ledgers.adjust(settings_for(data), tenant, given)


@wallets.command("show")
def wallets_show(tenant: Tenant, data: Data = None) -> None:
    """What is there, what is reserved, the newest top-ups."""
    from api.cli import ledgers

    ledgers.show_wallet(settings_for(data), tenant)


@wallets.command("add")
def wallets_add(
    tenant: Tenant,
    amount: Annotated[str, typer.Argument(help="US dollars.")],
    key: Annotated[str, typer.Option(help="Idempotency key: with the same one it happens once.")],
    expires: Annotated[datetime | None, typer.Option(help="UTC. Absent: never.")] = None,
    data: Data = None,
) -> None:
    """Add prepaid credit."""
    from api.cli import ledgers

    at = expires.replace(tzinfo=UTC) if expires else None
    ledgers.top_up(settings_for(data), tenant, usd(amount), key, at)


@wallets.command("mode")
def wallets_mode(
    tenant: Tenant,
    mode: Annotated[Literal["postpaid", "prepaid"], typer.Argument(help="How the tenant pays.")],
    data: Data = None,
) -> None:
    """Say whether a tenant pays in advance or later."""
    from api.cli import ledgers

    ledgers.set_mode(settings_for(data), tenant, mode)


@periods.command("status")
def period_status(data: Data = None) -> None:
    """The last months: how many tenants' are closed, how many are not, calls still held."""
    from api.cli import period_closing

    period_closing.show(settings_for(data))


@periods.command("close")
def period_close(
    period: Annotated[str, typer.Argument(help="The month, e.g. 2026-10.")],
    tenant: Annotated[UUID | None, typer.Option(help="Only this tenant's.")] = None,
    data: Data = None,
) -> None:
    """Close a month that is over, without waiting for the grace."""
    from api.cli import period_closing

    period_closing.close(settings_for(data), period, tenant)
