"""Ending tasks for sure."""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_SECONDS = 0.5


async def end(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """Cancels, waits, and cancels again what still runs.

    Python 3.11's `wait_for`, which nats-py is built on, loses a cancellation that comes at the very moment
    of its result: a task told only once may run for ever.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
