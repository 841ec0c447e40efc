"""Runs the effects of one context: the only place where something happens outside."""

import asyncio
from collections.abc import Sequence

from nats.aio.client import Client
from nats.js import JetStreamContext

from bus.causation import Wanted
from bus.event_consumer import EventConsumer
from bus.failpoints import reach
from bus.failures import PATIENT, Patience
from bus.heartbeat import Heartbeat
from bus.publisher import Submitter
from contexts.kernel import Effect
from infra.eventstore.types import EventStore
from schemas.envelope import Answer, Recorded


class EffectConsumer(EventConsumer):
    """An effect that must not happen twice is claimed in Postgres, a batch at a time, before it begins."""

    def __init__(
        self,
        nc: Client,
        js: JetStreamContext,
        submitter: Submitter,
        context: str,
        effects: Sequence[Effect],
        ports: object,
        store: EventStore,
        worker: str,
        concurrency: int,
        heartbeat: Heartbeat,
        patience: Patience = PATIENT,
    ) -> None:
        events = {effect.event for effect in effects}
        super().__init__(
            nc, js, submitter, store, f"effects-{context}", events, concurrency, heartbeat, patience
        )
        self._effects = {effect.event: effect for effect in effects}
        self._ports, self._worker = ports, worker

    async def admit(self, recorded: Sequence[Recorded]) -> frozenset[str]:
        once = [r for r in recorded if self._effects[type(r.event)].lost]
        free = frozenset(r.ref for r in recorded) - {r.ref for r in once}
        if not once:
            return free
        keys = [(self._effects[type(r.event)].name, r.ref, r.tenant_id) for r in once]
        claimed = await asyncio.to_thread(self._store.claim_effects, keys, self._worker)
        reach("effect.claimed")
        return free | claimed

    async def react(self, recorded: Recorded, first_time: bool) -> Wanted:
        return await outcome(self._effects[type(recorded.event)], recorded, self._ports, first_time)

    async def tell(self, recorded: Recorded, wanted: Wanted, traceparent: str | None) -> list[Answer]:
        """One after the other: whatever is lost meanwhile, none is decided before the one it follows."""
        return [await self.ask(*one) for one in self.sealed(recorded, wanted, traceparent)]


async def outcome(effect: Effect, recorded: Recorded, ports: object, first_time: bool) -> Wanted:
    """Performs the effect, unless it was begun before and must not happen twice."""
    lost = effect.lost(recorded.event, recorded) if effect.lost and not first_time else None
    if lost is not None:
        return [(f"{effect.name}.lost", lost)]
    reach("effect.before")
    commands = await effect.perform(recorded.event, recorded, ports)
    reach("effect.after")
    return [(effect.name, commands)]
