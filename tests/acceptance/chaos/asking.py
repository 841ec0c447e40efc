"""All a client asks of one run: start it, send it events from outside, perhaps cancel it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from tests.acceptance.chaos.runs import AnyRun
from tests.acceptance.chaos.web import Refused, User


async def ask_for(run: AnyRun, workflow: UUID, owner: User) -> AsyncIterator[UUID]:
    """Gives the run's id once, when it was started."""
    started = await owner.post(f"/workflows/{workflow}/execute", run.key, {"inputs": run.inputs})
    yield UUID(started["job_id"])
    path = f"/executions/{started['job_id']}"
    async with asyncio.TaskGroup() as group:
        for name, seconds in run.signals:
            group.create_task(tell(owner, f"{path}/signals/{name}", seconds, {"payload": {"event": name}}))
        if run.cancel_after is not None:
            group.create_task(tell(owner, f"{path}/cancel", run.cancel_after, {"reason": "enough"}))


async def tell(owner: User, path: str, seconds: float, body: dict[str, object]) -> None:
    """Refused: the run has ended already."""
    await asyncio.sleep(seconds)
    with suppress(Refused):
        await owner.post(path, path, body)
