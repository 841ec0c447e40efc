"""`hb payloads`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import psycopg
from rich.table import Table

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, table
from api.cli.reading import connected
from infra.eventstore.partitions import Partition, drop, usage
from infra.eventstore.payloads import month_of
from infra.settings import Settings

MIB = 1_048_576


def show_usage(settings: Settings) -> None:
    out.print(usage_table(asyncio.run(read(find(settings).database_url))))


def drop_before(settings: Settings, text: str, really: bool) -> None:
    before, url = month_named(text, datetime.now(UTC)), find(settings).database_url
    old = droppable(asyncio.run(read(url)), before)
    if not old:
        out.print(f"{TICK} nothing is stored from before {before:%Y-%m}")
        return
    out.print(usage_table(old))
    if not really:
        raise Refused("these months would be dropped, for ever.", "Say --yes to do it.")
    asyncio.run(dropped(url, old))
    out.print(f"{TICK} dropped")


async def read(database_url: str) -> list[Partition]:
    async with connected(database_url) as conn:
        return await usage(conn)


async def dropped(database_url: str, old: Sequence[Partition]) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        try:
            await drop(conn, old)
        except psycopg.errors.LockNotAvailable as error:
            raise Refused("the payloads are in use.", "Nothing was dropped. Try again.") from error


def month_named(text: str, now: datetime) -> date:
    """The month before which all may go. Raises Refused when it would take what runs may still read."""
    try:
        before = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise Refused(f"{text!r} is not a month.", "Say it like 2026-08.") from None
    this = month_of(now)
    last = (this - timedelta(days=1)).replace(day=1)
    if before > last:
        raise Refused("this month and the last one stay: runs may still read them.", f"Latest: {last:%Y-%m}.")
    return before


def droppable(partitions: Sequence[Partition], before: date) -> list[Partition]:
    return [one for one in partitions if one.month is not None and one.month < before]


def usage_table(partitions: Sequence[Partition]) -> Table:
    numbers = ("payloads", "MiB", "MiB on disk")
    made = table("month", "table", *numbers, right=numbers)
    for one in partitions:
        month = f"{one.month:%Y-%m}" if one.month else "others"
        sizes = (f"{one.bytes / MIB:,.1f}", f"{one.on_disk / MIB:,.1f}")
        made.add_row(month, one.name, f"{one.payloads:,}", *sizes)
    return made
