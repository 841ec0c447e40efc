"""The consumers of the bus without their loops: who listens to which event, and what comes of it."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from bus import wiring
from bus.causation import Wanted
from bus.effect_consumer import outcome
from bus.policy_consumer import reactions
from contexts.kernel import Effect, Policy
from infra.eventstore.types import EventStore
from schemas.envelope import Actor, Recorded


class Listener(Protocol):
    actor: Actor

    def wants(self, recorded: Recorded) -> bool: ...

    async def react(self, recorded: Recorded) -> Wanted: ...


class PolicyListener:
    def __init__(self, context: str, policies: tuple[Policy, ...]) -> None:
        self.actor, self._policies = Actor(kind="system", id=f"policies-{context}"), policies

    def wants(self, recorded: Recorded) -> bool:
        return any(policy.event is type(recorded.event) for policy in self._policies)

    async def react(self, recorded: Recorded) -> Wanted:
        return reactions(self._policies, recorded)


class EffectListener:
    def __init__(
        self, context: str, effects: tuple[Effect, ...], ports: object, store: EventStore, worker: str
    ) -> None:
        self.actor, self._worker = Actor(kind="system", id=f"effects-{context}"), worker
        self._effects, self._ports, self._store = {e.event: e for e in effects}, ports, store

    def wants(self, recorded: Recorded) -> bool:
        return type(recorded.event) in self._effects

    async def react(self, recorded: Recorded) -> Wanted:
        effect = self._effects[type(recorded.event)]
        key = (effect.name, recorded.ref, recorded.tenant_id)
        first = not effect.lost or bool(self._store.claim_effects([key], self._worker))
        return await outcome(effect, recorded, self._ports, first)


def listeners(ports: Mapping[str, object], store: EventStore, worker: str) -> Iterable[Listener]:
    """All there are. `ports` by context; `worker` is who makes the calls that must not be made twice."""
    for context, policies in wiring.policies_by_context().items():
        yield PolicyListener(context, policies)
    for context, effects in wiring.effects_by_context().items():
        yield EffectListener(context, effects, ports[context], store, worker)
