"""Work whose time and outcome the caller must not see: it tells whether somebody is known.

It is done after the answer has been sent. What fails is logged; who asked asks again.
"""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import BackgroundTasks, Depends

log = structlog.get_logger()


@dataclass(frozen=True)
class Unseen:
    tasks: BackgroundTasks

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.add_task(done, work)


async def done(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as error:
        log.warning("unseen_work_failed", exc_info=error)


async def unseen(tasks: BackgroundTasks) -> Unseen:
    return Unseen(tasks)


Later = Annotated[Unseen, Depends(unseen)]
