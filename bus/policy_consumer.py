"""Runs the policies of one context: pure reactions, so one event is cheap and its repetition harmless."""

from collections.abc import Sequence

from nats.aio.client import Client
from nats.js import JetStreamContext

from bus.causation import Wanted
from bus.event_consumer import EventConsumer
from bus.failures import PATIENT, Patience
from bus.heartbeat import Heartbeat
from bus.publisher import Submitter
from contexts.kernel import Policy
from infra.eventstore.types import EventStore
from schemas.envelope import Recorded

CONCURRENCY = 256


class PolicyConsumer(EventConsumer):
    def __init__(
        self,
        nc: Client,
        js: JetStreamContext,
        submitter: Submitter,
        context: str,
        policies: Sequence[Policy],
        store: EventStore,
        heartbeat: Heartbeat,
        patience: Patience = PATIENT,
    ) -> None:
        events = {policy.event for policy in policies}
        name = f"policies-{context}"
        super().__init__(nc, js, submitter, store, name, events, CONCURRENCY, heartbeat, patience)
        self._policies = policies

    async def react(self, recorded: Recorded, first_time: bool) -> Wanted:
        return reactions(self._policies, recorded)


def reactions(policies: Sequence[Policy], recorded: Recorded) -> Wanted:
    return [(p.name, p.react(recorded.event, recorded)) for p in policies if p.event is type(recorded.event)]
