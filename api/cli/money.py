"""`hb rates`."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import ValidationError

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import DOT, TICK, out, plain, table
from api.cli.operate import desk
from api.cli.reading import connected
from infra.settings import Settings
from projections.rate_cards.queries import SystemRate, system_rates
from schemas.billing.commands import SetSystemRate
from schemas.billing.types import TokenRates

CLASSES = ("input", "output", "cache_read", "cache_write", "reasoning")


def list_rates(settings: Settings) -> None:
    found = asyncio.run(read(settings))
    if not found:
        out.print("No model has a rate yet: calls to it are refused until it has one.")
        return
    titles = [name.replace("_", " ") for name in CLASSES]
    made = table("", "model", *titles, "in force from", right=tuple(titles))
    for rate in found:
        amounts = [plain(getattr(rate, name)) for name in CLASSES]
        mark = TICK if rate.in_force else DOT
        made.add_row(mark, rate.model, *amounts, f"{rate.effective_from:%Y-%m-%d %H:%M:%S} UTC")
    out.print(made)
    out.print("[quiet]US dollars per million tokens[/]")


async def read(settings: Settings) -> list[SystemRate]:
    async with connected(find(settings).database_url) as conn:
        return await system_rates(conn, datetime.now(UTC))


def set_rate(settings: Settings, model: str, given: dict[str, Decimal]) -> None:
    try:
        command = SetSystemRate(model=model, rates=TokenRates.model_validate(given))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise Refused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.", "") from error
    asyncio.run(order(settings, command))
    rates = ", ".join(f"{name.replace('_', ' ')} {plain(amount)}" for name, amount in command.rates)
    out.print(f"{TICK} {model} costs, per million tokens: {rates}", soft_wrap=True)


async def order(settings: Settings, command: SetSystemRate) -> None:
    async with desk(find(settings)) as at:
        await at.seen(await at.order(command), "rate_cards")
