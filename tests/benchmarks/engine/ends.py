"""Hears the news of many runs: which began a step, which ended, and when."""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from nats.aio.msg import Msg

from bus import subjects
from bus.broker import Bus
from schemas.base import Event
from schemas.execution.events import ExecutionFailed, ExecutionSucceeded, StepScheduled
from tests.benchmarks.stage import Broken
from tests.support.client import Tenancy

PATIENCE_SECONDS = 180.0


@dataclass
class News:
    """By run: when the news of its first step and of its end came here."""

    stepped: dict[UUID, float] = field(default_factory=dict)
    ended: dict[UUID, float] = field(default_factory=dict)
    failed: list[UUID] = field(default_factory=list)
    awaited: set[UUID] = field(default_factory=set)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, bus: Bus, tenancy: Tenancy) -> None:
        for event in (StepScheduled, ExecutionSucceeded, ExecutionFailed):
            await self._hear(bus, tenancy, event)

    async def _hear(self, bus: Bus, tenancy: Tenancy, event: type[Event]) -> None:
        async def heard(msg: Msg) -> None:
            self._note(event, UUID(msg.subject.rpartition(".")[2].partition("-")[2]))

        subject = subjects.event(event.type_name, tenancy.tenant_id, "*")
        await bus.nc.subscribe(subject, cb=heard, pending_msgs_limit=-1, pending_bytes_limit=-1)

    def _note(self, event: type[Event], run: UUID) -> None:
        if event is StepScheduled:
            self.stepped.setdefault(run, time.perf_counter())
            return
        if event is ExecutionFailed:
            self.failed.append(run)
        self.ended.setdefault(run, time.perf_counter())
        self.awaited.discard(run)
        if not self.awaited:
            self.done.set()

    async def all_ended(self, runs: set[UUID], patience: float = PATIENCE_SECONDS) -> None:
        """Raises Broken when one failed."""
        self.awaited = runs - self.ended.keys()
        if self.awaited:
            self.done.clear()
            await asyncio.wait_for(self.done.wait(), patience)
        if self.failed:
            raise Broken(f"{len(self.failed)} runs failed")
