"""`hb period`."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import CROSS, TICK, out, table
from api.cli.operate import Desk, desk
from api.cli.reading import connected
from bus.closer import close_all
from infra.settings import Settings
from projections.periods import queries
from projections.periods.queries import OpenPeriod, PeriodStatus

SHOWN = 12


def show(settings: Settings) -> None:
    numbers = ("closed", "open", "calls held")
    made = table("", "month", *numbers, right=numbers)
    for one in asyncio.run(read(settings)):
        mark = CROSS if one.open else TICK
        made.add_row(mark, one.period, str(one.closed), str(one.open), str(one.holds))
    out.print(made)


async def read(settings: Settings) -> list[PeriodStatus]:
    async with connected(find(settings).database_url) as conn:
        return await queries.status(conn, datetime.now(UTC), SHOWN)


def close(settings: Settings, period: str, tenant_id: UUID | None) -> None:
    end = end_of(period)
    if end > datetime.now(UTC):
        raise Refused(f"{period} is not over.", "")
    closed, left = asyncio.run(closed_now(settings, period, end, tenant_id))
    out.print(f"{TICK} {closed} closed")
    if left:
        raise Refused(f"{left} could not be closed: calls of theirs are still held.", "Try again later.")


def end_of(period: str) -> datetime:
    try:
        begin = datetime.strptime(period, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise Refused(f"{period!r} is not a month.", "Say it like 2026-10.") from None
    return begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)


async def closed_now(
    settings: Settings, period: str, end: datetime, tenant_id: UUID | None
) -> tuple[int, int]:
    async with desk(find(settings)) as at:
        found: list[OpenPeriod] = []

        async def page(after: UUID) -> Sequence[OpenPeriod]:
            rows = await still_open(at, period, end, after, tenant_id)
            found.extend(rows)
            return rows

        closed = await close_all(page, at.submitter, period)
        return closed, len(found) - closed


async def still_open(
    at: Desk, period: str, end: datetime, after: UUID, tenant_id: UUID | None
) -> Sequence[OpenPeriod]:
    async with at.pool.connection() as conn:
        return await queries.still_open(conn, period, end, after, 100, tenant_id)
