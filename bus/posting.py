"""Puts clients' commands into their queue. What comes at once goes as one batch: one sync of the disk."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from nats.aio.client import Client
from nats.errors import Error as NatsError
from pydantic_core import from_json

from bus import subjects
from bus.fair_batch import Lanes, add, fair_batch

BATCH = 64
BATCH_BYTES = 2 * 1_048_576
"""Of a batch of several; a larger command goes alone."""

ACK_SECONDS = 5.0
BATCH_ID, BATCH_SEQUENCE, BATCH_COMMIT = "Nats-Batch-Id", "Nats-Batch-Sequence", "Nats-Batch-Commit"


class BusUnavailable(Exception):
    """NATS did not take the command: nothing was queued, try again later."""


@dataclass(frozen=True)
class Letter:
    subject: str
    payload: bytes
    headers: dict[str, str]
    taken: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Postbox:
    """Sends one batch at a time; tenants take turns in it. What waits is bounded by who waits for it."""

    def __init__(self, nc: Client) -> None:
        self._nc = nc
        self.waiting: Lanes[subjects.Lane, Letter] = OrderedDict()
        self._sending: asyncio.Task[None] | None = None

    def post(self, subject: str, payload: bytes, headers: dict[str, str]) -> asyncio.Future[None]:
        """Done when the queue has it on disk; BusUnavailable when it did not take it."""
        letter = Letter(subject, payload, headers)
        add(self.waiting, subjects.lane(subject), letter)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_all())
        return letter.taken

    async def _send_all(self) -> None:
        while self.waiting:
            for batch in parcels(fair_batch(self.waiting, BATCH)):
                await self._send(batch)

    async def _send(self, batch: Sequence[Letter]) -> None:
        error: Exception | None = BusUnavailable("nobody sends commands any more")
        try:
            error = refusal(await self._ask(batch))
        except (NatsError, TimeoutError, ConnectionError) as broken:
            error = BusUnavailable(f"the command queue did not take the command: {broken!r}")
        finally:
            for letter in batch:
                settle(letter.taken, error)

    async def _ask(self, batch: Sequence[Letter]) -> bytes:
        """All are stored or none; only the last is acknowledged."""
        *others, last = batch
        id_ = uuid4().hex
        for number, letter in enumerate(others, 1):
            headers = {**letter.headers, BATCH_ID: id_, BATCH_SEQUENCE: str(number)}
            await self._nc.publish(letter.subject, letter.payload, headers=headers)
        end = {BATCH_ID: id_, BATCH_SEQUENCE: str(len(batch)), BATCH_COMMIT: "1"} if others else {}
        headers = {**last.headers, **end}
        return (await self._nc.request(last.subject, last.payload, ACK_SECONDS, headers=headers)).data


def parcels(letters: Sequence[Letter]) -> Iterator[Sequence[Letter]]:
    """In order, cut where a batch would be too large."""
    parcel, size = list[Letter](), 0
    for letter in letters:
        if parcel and size + len(letter.payload) > BATCH_BYTES:
            yield parcel
            parcel, size = [], 0
        parcel.append(letter)
        size += len(letter.payload)
    if parcel:
        yield parcel


def refusal(reply: bytes) -> BusUnavailable | None:
    """NATS answers with an error when the queue is full, and with nothing when there is no such stream."""
    answer = from_json(reply) if reply else {"error": "no such stream"}
    return (
        BusUnavailable(f"the command queue did not take the command: {answer['error']}")
        if "error" in answer
        else None
    )


def settle(taken: asyncio.Future[None], error: Exception | None) -> None:
    """Who posted it may have gone away."""
    if taken.done():
        return
    if error:
        taken.set_exception(error)
    else:
        taken.set_result(None)
