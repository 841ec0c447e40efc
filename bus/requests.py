"""Reads the request an authorised call is for from the event that asked for it."""

import asyncio

from infra.eventstore.mapper import recorded
from infra.eventstore.types import EventStore
from schemas.execution.chat import ChatRequest
from schemas.execution.events import CallRequested


class StoredRequests:
    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def load(self, ref: str) -> ChatRequest:
        stream, _, version = ref.rpartition("@")
        row = await asyncio.to_thread(self._store.event, stream, int(version))
        event = recorded(row).event
        if not isinstance(event, CallRequested):
            raise TypeError(f"{ref} is a {event.type_name}, not a call request")
        return event.request
