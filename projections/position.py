"""Reading one's own writes: wait until the projections have passed a position."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from psycopg_pool import AsyncConnectionPool

REACHED = """
SELECT coalesce(min(position) >= %s, false), bool_or(status = 'stopped' AND position < %s)
FROM projections WHERE name = ANY(%s)
"""
FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.1


async def wait_until(
    pool: AsyncConnectionPool[Any], names: Sequence[str], position: int, seconds: float
) -> bool:
    """False when the time is up, or when a stopped projection would never get there.

    Holds no connection while it waits; pauses double from 5 to 100 ms.
    """
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        reached, hopeless = await look(pool, names, position)
        left = deadline - time.monotonic()
        if reached or hopeless or left <= 0:
            return reached
        await asyncio.sleep(min(pause, left))
        pause = min(2 * pause, LONGEST_PAUSE)


async def look(pool: AsyncConnectionPool[Any], names: Sequence[str], position: int) -> tuple[bool, bool]:
    async with pool.connection() as conn, conn.cursor() as cursor:
        await cursor.execute(REACHED, (position, position, list(names)))
        row = await cursor.fetchone()
    reached, hopeless = row.values() if isinstance(row, dict) else row or (False, True)
    return bool(reached), bool(hopeless)
