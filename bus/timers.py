"""Due timers become commands. One active process; a timer fired twice is answered once, by its id."""

import asyncio
from typing import Protocol
from uuid import UUID, uuid5

import structlog

from bus.failures import is_outage
from bus.publisher import Submitter, seal
from projections.timers.queries import Timer
from schemas.base import Command, PartnerId, TenantId
from schemas.envelope import Actor, Envelope
from schemas.registry import command_from

LOCK = 4_805_003
POLL_SECONDS = 0.25
LIMIT = 200
ANSWER_SECONDS = 10.0
TRIES = 3
IDS = UUID("0b7c2a8e-54a7-4a0e-8a7f-2f3b1c1d9e21")
ACTOR = Actor(kind="system", id="timers")

log = structlog.get_logger(__name__)


class TimerTable(Protocol):
    async def due(self, limit: int) -> list[Timer]: ...

    async def fired(self, timers: list[Timer]) -> None:
        """Removes timers whose command was answered."""


class Timers:
    def __init__(self, table: TimerTable, submitter: Submitter) -> None:
        self._table, self._submitter = table, submitter

    async def run(self) -> None:
        while True:
            try:
                if not await self.fire():
                    await asyncio.sleep(POLL_SECONDS)
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("timers wait", error=repr(error))
                await asyncio.sleep(POLL_SECONDS * 4)

    async def fire(self) -> int:
        """Fires what is due now; how many."""
        due = await self._table.due(LIMIT)
        await asyncio.gather(*(self._tell(timer) for timer in due))
        await self._table.fired(due)
        return len(due)

    async def _tell(self, timer: Timer) -> None:
        envelope, command = sealed(timer)
        await self._submitter.tell(envelope, command.stream_id, ANSWER_SECONDS, TRIES)


def sealed(timer: Timer) -> tuple[Envelope, Command]:
    """The timer's command; fired again it is the same wish."""
    command = command_from(timer.command, timer.data)
    envelope = seal(
        command,
        tenant_id=TenantId(timer.tenant_id),
        partner_id=PartnerId(timer.partner_id) if timer.partner_id else None,
        actor=ACTOR,
        message_id=uuid5(IDS, f"{timer.name}/{timer.due_at.isoformat()}"),
        causation=f"timer:{timer.name}",
    )
    return envelope, command
