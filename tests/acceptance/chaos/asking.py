"""All a client asks of one run: start it, send it events, pause it for a while, perhaps cancel it.

Whoever is told that the tenant is suspended asks again, as something new, until it is not.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count
from uuid import UUID

from schemas.tenancy.types import TENANT_SUSPENDED
from tests.acceptance.chaos.runs import AnyRun
from tests.acceptance.chaos.story import Pause
from tests.acceptance.chaos.web import PATIENCE_SECONDS, Json, Refused, User

AGAIN_SECONDS = 0.5


async def ask_for(run: AnyRun, workflow: UUID, owner: User) -> AsyncIterator[UUID]:
    """Gives the run's id once, when it was started."""
    started = await ask_until_free(owner, f"/workflows/{workflow}/execute", run.key, {"inputs": run.inputs})
    yield UUID(started["job_id"])
    path = f"/executions/{started['job_id']}"
    async with asyncio.TaskGroup() as group:
        for name, seconds in run.signals:
            group.create_task(tell(owner, f"{path}/signals/{name}", seconds, {"payload": {"event": name}}))
        if run.pause is not None:
            group.create_task(pause(owner, path, run.pause))
        if run.cancel_after is not None:
            group.create_task(tell(owner, f"{path}/cancel", run.cancel_after, {"reason": "enough"}))


async def pause(owner: User, path: str, wanted: Pause) -> None:
    await tell(owner, f"{path}/pause", wanted.after, {})
    await tell(owner, f"{path}/resume", wanted.seconds, {})


async def tell(owner: User, path: str, seconds: float, body: Json) -> None:
    """Refused: the run has ended already."""
    await asyncio.sleep(seconds)
    with suppress(Refused):
        await ask_until_free(owner, path, path, body)


async def ask_until_free(owner: User, path: str, key: str, body: Json) -> Json:
    async with asyncio.timeout(PATIENCE_SECONDS):
        for number in count():
            try:
                return await owner.post(path, f"{key} {number}" if number else key, body)
            except Refused as refused:
                if refused.code != TENANT_SUSPENDED:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)
    raise AssertionError("count() ends")
