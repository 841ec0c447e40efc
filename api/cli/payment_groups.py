"""`hb payments` and `hb dunning`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data, settings_for

payments = typer.Typer(no_args_is_help=True, help="Invoices' payments: look, collect, pay back.")
dunning = typer.Typer(no_args_is_help=True, help="Tenants that do not pay.")

Invoice = Annotated[UUID, typer.Argument(help="The invoice's id.")]
Tenant = Annotated[UUID, typer.Argument(help="The tenant's id.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept for ever.")]
Limit = Annotated[int, typer.Option(help="How many at most.", min=1, max=100)]


@payments.command("list")
def payments_list(
    status: Annotated[str | None, typer.Option(help="Only these: requested, failed, succeeded, …")] = None,
    tenant: Annotated[UUID | None, typer.Option(help="Only this tenant's.")] = None,
    limit: Limit = 20,
    data: Data = None,
) -> None:
    """The newest payments."""
    from api.cli import payments as body

    body.show_all(settings_for(data), tenant, status, limit)


@payments.command("show")
def payments_show(invoice: Invoice, data: Data = None) -> None:
    """One payment: its attempts, what came, what was paid back."""
    from api.cli import payments as body

    body.show_one(settings_for(data), invoice)


@payments.command("pay")
def payments_pay(invoice: Invoice, data: Data = None) -> None:
    """Collect an unpaid invoice now."""
    from api.cli import payments as body

    body.pay(settings_for(data), invoice)


@payments.command("receipt")
def payments_receipt(
    invoice: Invoice,
    reference: Annotated[str, typer.Option(help="What the bank calls it.")],
    data: Data = None,
) -> None:
    """Record that the money came by transfer."""
    from api.cli import payments as body

    body.record_receipt(settings_for(data), invoice, reference)


@payments.command("refund")
def payments_refund(
    invoice: Invoice,
    reason: Reason,
    amount: Annotated[
        str | None, typer.Option(help="US dollars; absent: all that was not paid back yet.")
    ] = None,
    data: Data = None,
) -> None:
    """Pay back what was paid, whole or in part."""
    from api.cli import payments as body

    body.refund(settings_for(data), invoice, amount, reason)


@payments.command("cancel")
def payments_cancel(invoice: Invoice, reason: Reason, data: Data = None) -> None:
    """Collect it no more: the invoice was withdrawn."""
    from api.cli import payments as body

    body.cancel(settings_for(data), invoice, reason)


@payments.command("write-off")
def payments_write_off(invoice: Invoice, reason: Reason, data: Data = None) -> None:
    """Expect the money no more: it becomes bad debt."""
    from api.cli import payments as body

    body.write_off(settings_for(data), invoice, reason)


@dunning.command("dry-run")
def dunning_dry_run(
    days: Annotated[int, typer.Option(help="How many days ahead.", min=1, max=366)] = 60, data: Data = None
) -> None:
    """What would be done to whom, and when, if nobody paid. Changes nothing."""
    from api.cli import dunning as body

    body.dry_run(settings_for(data), days)


@dunning.command("show")
def dunning_show(tenant: Tenant, data: Data = None) -> None:
    """Where a tenant stands with its unpaid invoices."""
    from api.cli import dunning as body

    body.show(settings_for(data), tenant)


@dunning.command("exempt")
def dunning_exempt(
    tenant: Tenant,
    reason: Reason,
    until: Annotated[datetime, typer.Option(help="A day, UTC.", formats=["%Y-%m-%d"])],
    data: Data = None,
) -> None:
    """Leave a tenant alone until then."""
    from api.cli import dunning as body

    body.exempt(settings_for(data), tenant, reason, until)


@dunning.command("end-exemption")
def dunning_end_exemption(tenant: Tenant, reason: Reason, data: Data = None) -> None:
    """End a tenant's exemption now."""
    from api.cli import dunning as body

    body.end_exemption(settings_for(data), tenant, reason)
