"""Takes out of the vault what is over, a batch at a time. One active process."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bus.failures import is_outage

LOCK = 4_805_012
EVERY_SECONDS = 300.0
BATCHES = 100
"""A look ends here at the latest; the next one goes on."""

log = structlog.get_logger(__name__)

Sweep = Callable[[], Awaitable[int]]
"""Sweeps one batch of each table; how many rows that were."""


class VaultSweeper:
    """Run it under `leader.lead`."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:
                if not is_outage(error):
                    raise
                log.warning("vault sweeper waits", error=repr(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> int:
        """How many rows there were."""
        swept = 0
        for _ in range(BATCHES):
            found = await self._sweep()
            swept += found
            if not found:
                break
        if swept:
            log.info("vault swept", rows=swept)
        return swept
