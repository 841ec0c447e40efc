"""`hb dlq`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.json import JSON
from rich.markup import escape
from rich.table import Table

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, table
from bus import dead_letters
from bus.broker import Bus, connected
from bus.dead_letters import DeadLetter
from bus.streams import ensure_streams
from infra.settings import Settings
from infra.start_checks import check_nats

SHOWN = 100


@asynccontextmanager
async def bus(settings: Settings) -> AsyncIterator[Bus]:
    url = find(settings).nats_url
    await check_nats(url)
    async with connected(url, "hb") as found:
        await ensure_streams(found.js)
        yield found


def show_all(settings: Settings) -> None:
    found = asyncio.run(read_all(settings))
    if not found:
        out.print(f"{TICK} no dead letters")
        return
    made = table("id", "died", "consumer", "subject", "error", right=("id",))
    for letter in found:
        made.add_row(
            str(letter.id), letter.died_at[:19], letter.consumer, letter.subject, escape(letter.error)
        )
    out.print(made)
    out.print("[quiet]`./justw hb dlq show ID` shows one whole, `retry ID` or `retry --all` tries again[/]")


async def read_all(settings: Settings) -> list[DeadLetter]:
    async with bus(settings) as at:
        return await dead_letters.listing(at.js, SHOWN)


def show_one(settings: Settings, letter_id: int) -> None:
    letter = asyncio.run(read_one(settings, letter_id))
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(style="quiet")
    for title in ("id", "consumer", "subject", "died_at", "error"):
        grid.add_row(title.replace("_", " "), escape(str(getattr(letter, title))))
    out.print(grid)
    try:
        out.print(JSON(letter.payload.decode()))
    except (UnicodeDecodeError, json.JSONDecodeError):
        out.print(escape(repr(letter.payload)))


async def read_one(settings: Settings, letter_id: int) -> DeadLetter:
    async with bus(settings) as at:
        return await one(at, letter_id)


async def one(at: Bus, letter_id: int) -> DeadLetter:
    letter = await dead_letters.get(at.js, letter_id)
    if letter is None:
        raise Refused(f"there is no dead letter {letter_id}.", "`./justw hb dlq list` lists them.")
    return letter


def retry(settings: Settings, letter_id: int | None) -> None:
    count = asyncio.run(retried(settings, letter_id))
    out.print(f"{TICK} {count} dead {'letter' if count == 1 else 'letters'} given to their consumers again")


async def retried(settings: Settings, letter_id: int | None) -> int:
    """`None` takes all there are now; one that fails again comes back with a new id."""
    async with bus(settings) as at:
        if letter_id is not None:
            await dead_letters.retry(at.nc, at.js, await one(at, letter_id))
            return 1
        found = await dead_letters.listing(at.js, limit=2**31)
        for letter in found:
            await dead_letters.retry(at.nc, at.js, letter)
        return len(found)
