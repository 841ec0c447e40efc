"""An operator's hand on a running platform: commands over the bus, reads as the worker."""

import asyncio
import getpass
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.cli.errors import Refused
from bus.broker import Bus, connected
from bus.publisher import Submitter, seal
from bus.streams import COMMANDS, EVENTS, ensure_streams
from infra.db.pools import WORKER, async_pool
from infra.embedded.backends import Endpoints
from infra.errors import SetupError
from infra.start_checks import check_nats, check_postgres
from projections.position import wait_until
from schemas.base import PLATFORM, Command, PartnerId, TenantId
from schemas.envelope import Actor, Answer

ANSWER_SECONDS = 3.0
TRIES = 10
POLL_SECONDS = 0.05
SERVED_SECONDS = 60.0
SERVED = ((COMMANDS, "commands"), (EVENTS, "projections"))
CATCH_UP_SECONDS = 10.0


class NobodyAnswers(SetupError):
    def __init__(self) -> None:
        super().__init__(
            "no worker answers commands.",
            "Start one with `./justw hb run --role all`, or look at logs/worker-decide.log.",
        )


@dataclass(frozen=True)
class Desk:
    bus: Bus
    pool: AsyncConnectionPool[AsyncConnection[Any]]
    submitter: Submitter

    async def order(
        self, command: Command, tenant_id: TenantId = PLATFORM, partner_id: PartnerId | None = None
    ) -> Answer:
        """Waits until it is decided. Raises Refused."""
        envelope = seal(command, tenant_id=tenant_id, partner_id=partner_id, actor=operator())
        try:
            answer = await self.submitter.tell(envelope, command.stream_id, ANSWER_SECONDS, TRIES)
        except (TimeoutError, NatsError) as error:
            raise NobodyAnswers from error
        if answer.refusal is not None:
            raise Refused(f"{answer.refusal.detail} ({answer.refusal.code})", "")
        return answer

    async def served(self) -> None:
        """Until workers wait for commands, and for the events the read side is made of."""
        deadline = time.monotonic() + SERVED_SECONDS
        missing = list(SERVED)
        while missing := [place for place in missing if not await self._waits(*place)]:
            if time.monotonic() > deadline:
                raise NobodyAnswers
            await asyncio.sleep(POLL_SECONDS)

    async def _waits(self, stream: str, consumer: str) -> bool:
        try:
            return bool((await self.bus.js.consumer_info(stream, consumer)).num_waiting)
        except NotFoundError:
            return False

    async def seen(self, answer: Answer, *projections: str) -> bool:
        """False when the projections have not caught up with the answer in time."""
        return await wait_until(self.pool, projections, answer.position, CATCH_UP_SECONDS)


def operator() -> Actor:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "unknown"
    return Actor(kind="operator", id=name)


@asynccontextmanager
async def desk(endpoints: Endpoints) -> AsyncIterator[Desk]:
    """Looks first whether the servers answer: the pooled connections would try for long."""
    await asyncio.gather(check_postgres(endpoints.database_url), check_nats(endpoints.nats_url))
    async with (
        async_pool(endpoints.database_url, WORKER, max_size=2) as pool,
        connected(endpoints.nats_url, "hb") as bus,
    ):
        await ensure_streams(bus.js)
        submitter = Submitter(bus.nc)
        await submitter.start()
        yield Desk(bus, pool, submitter)
