"""`hb taxes`."""

import asyncio
from collections.abc import Sequence

from pydantic import ValidationError

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, plain, table
from api.cli.operate import desk
from api.cli.runs import reads
from api.reads import PLATFORM_SCOPE
from infra.settings import Settings
from schemas.billing.taxes import SetTaxRate, TaxRate


def show_all(settings: Settings) -> None:
    rates = asyncio.run(read(settings))
    if not rates:
        out.print("No country has a tax rate yet: an issuer in one of them cannot invoice at home.")
        return
    made = table("country", "tax", "percent", "in force from", right=("percent",))
    for rate in rates:
        since = f"{rate.effective_from:%Y-%m-%d %H:%M} UTC"
        made.add_row(rate.jurisdiction, rate.name, plain(rate.percent), since)
    out.print(made)


async def read(settings: Settings) -> Sequence[TaxRate]:
    async with reads(settings) as at:
        return await at.tax_rates(PLATFORM_SCOPE)


def set_rate(settings: Settings, country: str, percent: str, name: str) -> None:
    try:
        given = {"jurisdiction": country, "name": name, "percent": percent}
        command = SetTaxRate.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise Refused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.", "") from error
    asyncio.run(order(settings, command))
    out.print(f"{TICK} {name} in {country} is {plain(command.percent)} % from now on")


async def order(settings: Settings, command: SetTaxRate) -> None:
    async with desk(find(settings)) as at:
        await at.seen(await at.order(command), "invoices")
