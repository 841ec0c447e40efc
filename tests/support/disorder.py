"""A network at its worst: messages come twice, late and in another order, with every consumer of a process.

What happens to a message follows from the seed, its place in its stream and how often it came.
"""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any
from unittest.mock import patch

from nats.aio.msg import Msg

from bus import command_consumer, event_consumer, projection_consumer
from bus.pull import Pull

CONSUMERS = (command_consumer, event_consumer, projection_consumer)
"""Who pulls: commands and reactions; events for policies and effects; events for projections."""

UNHEARD, TWICE, LATE = 0.05, 0.05, 0.2
MOST_SECONDS = 0.5
BAD_DELIVERIES = 3
"""Of one message. After that it comes as it should, so that no message is tried for ever."""


class Unheard(Msg):
    """Its acknowledgement is lost on the way: it comes again when its lease has run out."""

    async def ack(self) -> None:
        self._ackd = True


@dataclass(frozen=True)
class Lot:
    unheard: bool = False
    twice: bool = False
    late: float = 0.0


def lot_of(seed: str, msg: Msg) -> Lot:
    came = msg.metadata
    if (came.num_delivered or 1) > BAD_DELIVERIES:
        return Lot()
    random = Random(f"{seed}/{came.stream}/{came.consumer}/{came.sequence.stream}/{came.num_delivered}")
    unheard, twice, late = (random.random() < share for share in (UNHEARD, TWICE, LATE))
    return Lot(unheard, twice, random.uniform(0, MOST_SECONDS) if late else 0.0)


class DisorderlyPull(Pull):
    seed = ""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._random = Random(self.seed)
        self._on_the_way: set[asyncio.Task[None]] = set()

    async def _receive(self, msg: Msg) -> None:
        if not msg.data:
            return await super()._receive(msg)
        lot = lot_of(self.seed, msg)
        if lot.twice:
            # The server is told to deliver it once more, to whoever asks, while it is worked on here.
            await self._nc.publish(msg.reply, Msg.Ack.Nak)
        if lot.unheard:
            msg = Unheard(msg._client, msg.subject, msg.reply, msg.data, msg.headers)
        task = asyncio.create_task(self._arrive(msg, lot.late))
        self._on_the_way.add(task)
        task.add_done_callback(self._on_the_way.discard)
        return None

    async def _arrive(self, msg: Msg, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await super()._receive(msg)

    def _give(self) -> list[Msg]:
        waiting = list(self._ready)
        self._random.shuffle(waiting)
        self._ready.clear()
        self._ready.extend(waiting)
        return super()._give()


def install(seed: str) -> None:
    """From now on, for all consumers of this process."""
    print(f"disorder: seed {seed}", flush=True)
    DisorderlyPull.seed = seed
    for module in CONSUMERS:
        patch.object(module, "Pull", DisorderlyPull).start()
