"""Events on the bus are slim. Who acts on one gets it whole."""

import asyncio
from dataclasses import replace

from infra.eventstore.payloads import SIGN, markers, month_of, restore
from infra.eventstore.types import EventStore, Place
from schemas.envelope import Recorded


async def whole(store: EventStore, recorded: Recorded, message: bytes) -> Recorded:
    """`message` is what it came in: most have no payloads, which the bytes tell."""
    return await asyncio.to_thread(restored, store, recorded) if SIGN in message else recorded


def restored(store: EventStore, recorded: Recorded) -> Recorded:
    data = recorded.event.model_dump(mode="json")
    month = month_of(recorded.recorded_at)
    places = {Place(recorded.tenant_id, month, name) for name in markers(data)}
    if not places:
        return recorded
    contents = {place.hash: content for place, content in store.payloads(places).items()}
    event = type(recorded.event).model_validate(restore(data, contents))
    return replace(recorded, event=event)
