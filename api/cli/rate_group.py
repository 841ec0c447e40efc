"""`hb rates`: what models cost, what partners agreed to, what another card would mean."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api.cli.options import Data, settings_for

Usd = Annotated[str | None, typer.Option(help="US dollars per million tokens.")]
Each = Annotated[str | None, typer.Option(help="US dollars for each.")]
Apply = Annotated[bool, typer.Option("--apply", help="Really. Without it, only tell what would change.")]

rates = typer.Typer(no_args_is_help=True, help="What models cost the platform, what partners agreed to.")


@rates.command("list")
def rates_list(
    partner: Annotated[UUID | None, typer.Option(help="A partner's terms instead.")] = None,
    data: Data = None,
) -> None:
    """What is in force, marked, and what is to come."""
    from api.cli import money

    money.list_terms(settings_for(data), partner) if partner else money.list_rates(settings_for(data))


@rates.command("history")
def rates_history(
    model: Annotated[str | None, typer.Argument(help="provider/name.")] = None,
    partner: Annotated[UUID | None, typer.Option(help="A partner's terms instead.")] = None,
    data: Data = None,
) -> None:
    """All that was ever set, or taken back, and who did it."""
    from api.cli import money

    if (model is None) == (partner is None):
        raise typer.BadParameter("give a model, or --partner")
    money.show_history(settings_for(data), model, partner)


@rates.command("set")
def rates_set(
    model: Annotated[str, typer.Argument(help="provider/name, e.g. openai/gpt-4o-mini.")],
    input: Annotated[str, typer.Option(help="US dollars per million tokens.")],  # noqa: A002
    output: Annotated[str, typer.Option(help="US dollars per million tokens.")],
    cache_read: Usd = None,
    cache_write: Usd = None,
    reasoning: Usd = None,
    request: Each = None,
    image: Each = None,
    audio_minute: Each = None,
    data: Data = None,
) -> None:
    """Set a model's rate from now on. A class of tokens not given costs what input or output does."""
    from api.cli import money

    given = {
        "input": input,
        "output": output,
        "cache_read": cache_read,
        "cache_write": cache_write,
        "reasoning": reasoning,
        "request": request,
        "image": image,
        "audio_minute": audio_minute,
    }
    money.set_rate(settings_for(data), model, {name: usd(text) for name, text in given.items() if text})


@rates.command("withdraw")
def rates_withdraw(
    rate: Annotated[str, typer.Argument(help="The rate's id, as history shows it.")], data: Data = None
) -> None:
    """Take back a rate that has not begun."""
    from api.cli import money

    money.withdraw_rate(settings_for(data), rate)


@rates.command("import")
def rates_import(
    provider: Annotated[list[str] | None, typer.Option(help="Whose models. Default: openai.")] = None,
    match: Annotated[str, typer.Option(help="Only models with this in their name.")] = "",
    apply: Apply = False,
    data: Data = None,
) -> None:
    """Set rates by the public price table of the genai-prices package."""
    from api.cli import rate_import

    rate_import.bring_in(settings_for(data), provider or ["openai"], match, apply)


@rates.command("simulate")
def rates_simulate(
    period: Annotated[str, typer.Option(help="A month, e.g. 2026-10.")],
    card: Annotated[Path, typer.Option(help="The other card: a JSON file, see docs/rates.md.")],
    partner: Annotated[UUID | None, typer.Option(help="Only this partner's tenants.")] = None,
    data: Data = None,
) -> None:
    """Reckon a month again under another card: the difference per tenant and partner."""
    from api.cli import rate_simulation

    rate_simulation.show(settings_for(data), period, card, partner)


def usd(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise typer.BadParameter(f"{text!r} is not a number") from None
