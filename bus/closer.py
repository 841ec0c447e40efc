"""Closes every tenant's month once it is over and its grace has passed. One active process.

It goes by the read model of closed months, page by page: what it did not reach, or what was refused because
calls are still held, is found by the next look.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog

from bus.publisher import Teller, seal
from bus.repeating import repeatedly
from projections.periods.queries import OpenPeriod
from schemas.base import PartnerId, TenantId
from schemas.billing.corrections import ClosePeriod
from schemas.envelope import Actor, Answer, Envelope

LOCK = 4_805_011
EVERY_SECONDS = 600.0
PAGE = 100
PAGES = 100
"""A look ends here at the latest."""

MONTHS = 3
"""How many months back it looks: what is older was refused for that long, and a person closes it."""

ANSWER_SECONDS = 10.0
TRIES = 3
ACTOR = Actor(kind="system", id="closer")
FIRST = UUID(int=0)

log = structlog.get_logger(__name__)


class PeriodTable(Protocol):
    async def still_open(
        self, period: str, end: datetime, after: UUID, limit: int
    ) -> Sequence[OpenPeriod]: ...


class Closer:
    """Run it under `leader.lead`."""

    def __init__(
        self, table: PeriodTable, submitter: Teller, clock: Callable[[], datetime], grace: timedelta
    ) -> None:
        self._table, self._submitter, self._clock, self._grace = table, submitter, clock, grace

    async def run(self) -> None:
        await repeatedly(self.look, EVERY_SECONDS, "closer")

    async def look(self) -> int:
        """Closes what is due; how many months of tenants."""
        due = months_due(self._clock(), self._grace)
        return sum([await self._close(period, end) for period, end in due])

    async def _close(self, period: str, end: datetime) -> int:
        async def read(after: UUID) -> Sequence[OpenPeriod]:
            return await self._table.still_open(period, end, after, PAGE)

        return await close_all(read, self._submitter, period)


async def close_all(
    read: Callable[[UUID], Awaitable[Sequence[OpenPeriod]]], submitter: Teller, period: str
) -> int:
    """How many were closed, of the tenants in `read`'s pages."""
    after, closed = FIRST, 0
    for _ in range(PAGES):
        page = await read(after)
        answers = await asyncio.gather(*(close(submitter, one, period) for one in page))
        closed += sum(answer.refusal is None for answer in answers)
        if len(page) < PAGE:
            break
        after = page[-1].tenant_id
    return closed


async def close(submitter: Teller, one: OpenPeriod, period: str) -> Answer:
    envelope, command = sealed(one, period)
    answer = await submitter.tell(envelope, command.stream_id, ANSWER_SECONDS, TRIES)
    if answer.refusal:
        log.warning("month stays open", stream=command.stream_id, why=answer.refusal.detail)
    return answer


def sealed(one: OpenPeriod, period: str) -> tuple[Envelope, ClosePeriod]:
    command = ClosePeriod(tenant_id=TenantId(one.tenant_id), period=period)
    envelope = seal(
        command,
        tenant_id=command.tenant_id,
        partner_id=PartnerId(one.partner_id),
        actor=ACTOR,
        causation=f"closer:{period}",
    )
    return envelope, command


def months_due(now: datetime, grace: timedelta) -> list[tuple[str, datetime]]:
    """The last months whose end is longer ago than the grace, oldest first, with their ends."""
    found, end = [], now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(MONTHS):
        begin = (end - timedelta(days=1)).replace(day=1)
        if end + grace <= now:
            found.append((f"{begin:%Y-%m}", end))
        end = begin
    return found[::-1]
