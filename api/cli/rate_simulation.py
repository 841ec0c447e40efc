"""`hb rates simulate`: what another card would have meant, per partner and tenant."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import out, places, table, usd
from api.cli.reading import connected
from api.pure import Comparison, Simulation
from api.simulations import TooManyEntries, simulated
from infra.settings import Settings
from projections.ledger_entries.rerating import settled_after
from projections.ledger_entries.rows import LedgerEntry
from schemas.billing.cards import Card

MOST_ENTRIES = 2_000_000
AMOUNTS = ("price", "commission", "cost")


def show(settings: Settings, period: str, file: Path, partner_id: UUID | None) -> None:
    try:
        found = asyncio.run(simulate(settings, period, read_card(file), partner_id))
    except TooManyEntries as error:
        raise Refused(f"{period} has more than {MOST_ENTRIES} entries.", "Name a --partner.") from error
    if not found.calls:
        out.print(f"No call was settled in {period}.")
        return
    show_found(found)


def read_card(file: Path) -> Card:
    try:
        return Card.model_validate_json(file.read_bytes())
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.", "") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise Refused(f"{file} is no rate card: {place}: {first['msg']}.", "See docs/rates.md.") from error


async def simulate(settings: Settings, period: str, card: Card, partner_id: UUID | None) -> Simulation:
    async with connected(find(settings).database_url) as conn:

        async def page(after: int, limit: int) -> Sequence[LedgerEntry]:
            return await settled_after(conn, period, partner_id, after, limit)

        return await simulated(card, page, MOST_ENTRIES)


def show_found(found: Simulation) -> None:
    rows = [("", str(tenant), one) for (_, tenant), one in sorted(found.tenants.items())]
    rows += [(str(partner), "all", one) for partner, one in sorted(found.partners.items())]
    rows += [("all", "all", found.total)]
    columns = ("calls", "price was", "would be", *(f"{name} ±" for name in AMOUNTS))
    made = table("partner", "tenant", *columns, right=columns)
    decimals = places(amount for _, _, one in rows for amount in amounts_of(one))
    for partner, tenant, one in rows:
        shown = [usd(amount, decimals) for amount in amounts_of(one)]
        made.add_row(partner, tenant, str(one.calls), *shown)
    out.print(made)


def amounts_of(one: Comparison) -> list[Decimal]:
    difference = one.difference
    return [one.was.price, one.would_be.price, *(getattr(difference, name) for name in AMOUNTS)]
