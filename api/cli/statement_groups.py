"""`hb money`, `hb invoices`, `hb taxes`."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data, settings_for

money = typer.Typer(no_args_is_help=True, help="Statements of a month, and whether they agree.")

invoices = typer.Typer(no_args_is_help=True, help="Invoices: look, save, correct.")
taxes = typer.Typer(no_args_is_help=True, help="Tax rates by country.")

Invoice = Annotated[UUID, typer.Argument(help="The invoice's id.")]
Period = Annotated[str, typer.Option(help="The month, YYYY-MM.", metavar="YYYY-MM")]


@money.command("check")
def money_check(period: Period, data: Data = None) -> None:
    """Prices = commissions + revenue; costs = payables. Exit code 1 when not."""
    from api.cli import statements

    raise typer.Exit(statements.check(settings_for(data), period))


@money.command("bill")
def money_bill(tenant: Annotated[UUID, typer.Argument()], period: Period, data: Data = None) -> None:
    """A tenant's month by agent, workflow and model."""
    from api.cli import statements

    statements.show_bill(settings_for(data), tenant, period)


@money.command("earnings")
def money_earnings(partner: Annotated[UUID, typer.Argument()], period: Period, data: Data = None) -> None:
    """What a partner earned, by tenant."""
    from api.cli import statements

    statements.show_earnings(settings_for(data), partner, period)


@money.command("result")
def money_result(period: Period, data: Data = None) -> None:
    """The platform's profit and loss, by provider."""
    from api.cli import statements

    statements.show_result(settings_for(data), period)


@invoices.command("list")
def invoices_list(
    status: Annotated[str | None, typer.Option(help="Only these: blocked, issued, …")] = None,
    period: Annotated[str | None, typer.Option(help="Only this month's, YYYY-MM.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=100)] = 20,
    data: Data = None,
) -> None:
    """The newest invoices."""
    from api.cli import invoices as body

    body.show_all(settings_for(data), status, period, limit)


@invoices.command("show")
def invoices_show(invoice: Invoice, data: Data = None) -> None:
    """One invoice with its lines and credit notes."""
    from api.cli import invoices as body

    body.show_one(settings_for(data), invoice)


@invoices.command("pdf")
def invoices_pdf(
    invoice: Invoice,
    to: Annotated[Path | None, typer.Option(help="Where to; else under its number, here.")] = None,
    data: Data = None,
) -> None:
    """Save its document, if it is the one that was issued."""
    from api.cli import invoices as body

    body.save_pdf(settings_for(data), invoice, to)


@invoices.command("credit")
def invoices_credit(
    invoice: Invoice,
    amount: Annotated[str, typer.Option(help="US dollars, net of tax.")],
    reason: Annotated[str, typer.Option(help="Why; it stands on the credit note.")],
    data: Data = None,
) -> None:
    """Take back a part of it by a credit note."""
    from api.cli import invoices as body

    body.credit(settings_for(data), invoice, amount, reason)


@invoices.command("retry")
def invoices_retry(invoice: Invoice, data: Data = None) -> None:
    """Draw up a blocked one again."""
    from api.cli import invoices as body

    body.retry(settings_for(data), invoice)


@taxes.command("list")
def taxes_list(data: Data = None) -> None:
    """Every rate, by country, newest first."""
    from api.cli import taxes as body

    body.show_all(settings_for(data))


@taxes.command("set")
def taxes_set(
    country: Annotated[str, typer.Argument(help="Two letters, e.g. DE.")],
    percent: Annotated[str, typer.Argument(help="E.g. 19.")],
    name: Annotated[str, typer.Option(help="What the tax is called.")] = "VAT",
    data: Data = None,
) -> None:
    """Set a country's rate from now on."""
    from api.cli import taxes as body

    body.set_rate(settings_for(data), country, percent, name)
