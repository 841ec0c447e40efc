"""`hb money`."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data, settings_for

money = typer.Typer(no_args_is_help=True, help="Statements of a month, and whether they agree.")

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
