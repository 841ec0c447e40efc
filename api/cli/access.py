"""`hb access log`: who asked for what, as the platform sees it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.markup import escape
from rich.table import Table

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import out, table
from api.cli.reading import ready
from api.reads import PLATFORM_SCOPE
from infra.access_log import postgres
from infra.access_log.entries import Access, Wanted
from infra.db.pools import API, async_pool
from infra.db.scope import scoped
from infra.settings import Settings

COLOURS = {"allowed": "good", "denied": "bad"}


def show(settings: Settings, wanted: Wanted, limit: int) -> None:
    entries = asyncio.run(read(settings, wanted, limit))
    if not entries:
        out.print("Nothing was recorded.")
        return
    out.print(listing(entries))


async def read(settings: Settings, wanted: Wanted, limit: int) -> Sequence[Access]:
    url = find(settings).database_url
    await ready(url)
    async with async_pool(url, API, max_size=1) as pool, scoped(pool, PLATFORM_SCOPE) as conn:
        return await postgres.page(conn, PLATFORM_SCOPE, wanted, None, limit)


def listing(entries: Sequence[Access]) -> Table:
    """Oldest first, as one reads on."""
    made = table("at", "actor", "request", "decision", "address", "ms", right=("ms",))
    for one in reversed(entries):
        decision = f"[{COLOURS[one.decision]}]{one.status}[/] {escape(one.code or '')}".rstrip()
        request = escape(f"{one.method} {one.route}")
        made.add_row(f"{one.at:%m-%d %H:%M:%S}", who(one), request, decision, escape(one.ip), f"{one.ms:.0f}")
    return made


def who(one: Access) -> str:
    if one.actor is None:
        return "[quiet]nobody known[/]"
    return escape(one.actor) + (f" [quiet]{one.role}[/]" if one.role else "")


def since_of(text: str | None, now: datetime) -> datetime | None:
    """`90m`, `24h`, `7d`."""
    if text is None:
        return None
    units = {"m": "minutes", "h": "hours", "d": "days"}
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and len(number) < 6 and unit in units):
        raise Refused(f"{text!r} is not a span of time.", "Say it like 90m, 24h or 7d.")
    return now - timedelta(**{units[unit]: int(number)})
