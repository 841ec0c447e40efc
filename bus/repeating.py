"""Work that is done again and again for ever, an outage or not."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bus.failures import is_outage

log = structlog.get_logger(__name__)


async def repeatedly(look: Callable[[], Awaitable[object]], every_seconds: float, who: str) -> None:
    """What an outage stops is tried anew at the next turn; any other failure is a defect, and ends this."""
    while True:
        try:
            await look()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("waits for an outage to pass", who=who, error=repr(error))
        await asyncio.sleep(every_seconds)
