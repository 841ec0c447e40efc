"""A tenant's flood in the command queue leaves room for others' commands."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from nats.aio.msg import Msg

from bus import subjects, wiring
from bus.admission import Admission
from bus.broker import Bus
from bus.command_consumer import CommandConsumer
from bus.decider import Decider
from bus.heartbeat import Heartbeat
from bus.publisher import seal
from bus.streams import COMMANDS
from bus.turns import BATCH
from bus.work import Request
from infra.eventstore.postgres import PostgresEventStore
from schemas.base import TenantId
from schemas.envelope import Answer, Envelope
from schemas.tenancy.commands import SuspendTenant
from tests.bus.test_commands import partner, queued, sealed
from tests.bus.workers import SHORT, listed, running, until
from tests.support.builders import NOW, SYSTEM
from tests.support.fakes.clock import FakeClock
from tests.support.harness import LIMITS

FLOOD = 450
OTHER = TenantId(UUID(int=9))
GATE_SECONDS = 20.0


class GatedDecider(Decider):
    """Decides nothing before the gate is open, and tells whose commands it decided, in order."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.gate = threading.Event()
        self.decided: list[TenantId] = []

    def process(self, requests: Sequence[Request]) -> list[Answer]:
        self.gate.wait(GATE_SECONDS)
        self.decided += [request.envelope.tenant_id for request in requests]
        return super().process(requests)


class Consumer(CommandConsumer):
    """Tells what waits to be decided or has been."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.taken_in: list[Msg] = []

    async def _take_in(self, msg: Msg) -> None:
        await super()._take_in(msg)
        self.taken_in.append(msg)


async def test_a_flood_of_one_tenant_does_not_hold_up_another(
    bus: Bus, store: PostgresEventStore, heartbeat: Heartbeat
) -> None:
    for number in range(FLOOD):
        await put(bus, sealed(partner(number)), partner(number).stream_id)
    lone = SuspendTenant(tenant_id=OTHER, reason="unpaid")
    await put(bus, seal(lone, tenant_id=OTHER, partner_id=None, actor=SYSTEM), lone.stream_id)
    decider = gated(store)
    consumer = taking(bus, decider, heartbeat)
    async with running(consumer.run()):
        await listed(consumer.taken_in, FLOOD + 1)
        decider.gate.set()
        await until(lambda: queued(bus, 0))
    assert len(decider.decided) == FLOOD + 1
    assert decider.decided.index(OTHER) <= 2 * BATCH


async def test_commands_that_wait_for_longer_than_a_lease_are_decided_once(
    bus: Bus, store: PostgresEventStore, heartbeat: Heartbeat
) -> None:
    for number in range(FLOOD):
        await put(bus, sealed(partner(number)), partner(number).stream_id)
    decider = gated(store)
    async with running(taking(bus, decider, heartbeat).run()):
        await until(lambda: pulled(bus, FLOOD))
        await asyncio.sleep(SHORT.ack_wait * 2)
        [info] = await bus.js.consumers_info(COMMANDS)
        decider.gate.set()
        await until(lambda: queued(bus, 0))
    assert info.num_redelivered == 0
    assert len(decider.decided) == FLOOD


def gated(store: PostgresEventStore) -> GatedDecider:
    return GatedDecider(store, wiring.HANDLERS, wiring.FACTS, FakeClock(NOW), Admission(LIMITS))


def taking(bus: Bus, decider: Decider, heartbeat: Heartbeat) -> Consumer:
    executor = ThreadPoolExecutor(1)
    return Consumer(bus.nc, bus.js, decider, executor, lambda rows: None, heartbeat, SHORT)


async def put(bus: Bus, envelope: Envelope, stream: str) -> None:
    subject = subjects.command(envelope.type, envelope.tenant_id, stream)
    await bus.nc.publish(subject, envelope.model_dump_json().encode())


async def pulled(bus: Bus, count: int) -> bool:
    return [info.num_ack_pending for info in await bus.js.consumers_info(COMMANDS)] == [count]
