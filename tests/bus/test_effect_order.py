"""What an effect tells several streams it tells in order: the next one when the one before is answered."""

import asyncio
from typing import Any

from bus.broker import Bus
from bus.effect_consumer import EffectConsumer
from bus.heartbeat import Heartbeat
from bus.publisher import Submitter
from contexts.kernel import Effect
from infra.eventstore.postgres import PostgresEventStore
from schemas.base import Command
from schemas.envelope import Answer, Envelope, Recorded
from schemas.tenancy.commands import ReinstateTenant, SuspendTenant
from schemas.tenancy.events import TenantActivated
from tests.bus.test_events import happens
from tests.bus.workers import SHORT, listed, running
from tests.support.builders import TENANT_ID


class Gated(Submitter):
    """Answers nothing before the gate is open."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus.nc)
        self.gate = asyncio.Event()
        self.told: list[str] = []

    async def tell(self, envelope: Envelope, stream_id: str, wait: float, tries: int) -> Answer:
        self.told.append(envelope.type)
        await self.gate.wait()
        return Answer(
            message_id=envelope.message_id, status="accepted", stream=stream_id, version=1, position=1
        )


async def both(event: Any, recorded: Recorded, ports: Any) -> list[Command]:
    return [
        SuspendTenant(tenant_id=TENANT_ID, reason="first"),
        ReinstateTenant(tenant_id=TENANT_ID, reason="then"),
    ]


async def test_the_second_command_waits_for_the_first_ones_answer(
    bus: Bus, heartbeat: Heartbeat, store: PostgresEventStore
) -> None:
    submitter = Gated(bus)
    effect = [Effect("test.both", TenantActivated, both)]
    effects = EffectConsumer(bus.nc, bus.js, submitter, "test", effect, None, store, "a", 4, heartbeat, SHORT)
    async with running(effects.run()):
        await happens(bus, store)
        await listed(submitter.told)
        assert submitter.told == [SuspendTenant.type_name]
        submitter.gate.set()
        await listed(submitter.told, 2)
    assert submitter.told == [SuspendTenant.type_name, ReinstateTenant.type_name]
