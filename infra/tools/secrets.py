"""The values of a tenant's secrets, read from the record and opened for one use."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Protocol

import psycopg
from eventsourcing.persistence import PersistenceError

from infra.crypto.secrets import UnreadableSecret
from infra.crypto.tenant_secrets import TenantSecrets
from infra.eventstore.mapper import recorded
from infra.eventstore.types import EventStore
from schemas.authoring.events import SecretSet
from schemas.base import TenantId
from schemas.execution.tool_error import ToolError


class Secrets(Protocol):
    async def values(self, tenant_id: TenantId, names: Collection[str]) -> Mapping[str, str]:
        """One for every name, or ToolError."""
        ...


class StoredSecrets:
    """From the event store: what was committed is known at once.

    A store that is away is no lost outcome: nothing was sent yet.
    """

    def __init__(self, store: EventStore, box: TenantSecrets) -> None:
        self._store, self._box = store, box

    async def values(self, tenant_id: TenantId, names: Collection[str]) -> Mapping[str, str]:
        try:
            return await asyncio.to_thread(self._values, tenant_id, names) if names else {}
        except (psycopg.Error, PersistenceError):
            message = "The tool was not used: its secrets could not be read."
            raise ToolError(
                "tool.secrets_unavailable", message, retryable=True, error_class="connection"
            ) from None

    def _values(self, tenant_id: TenantId, names: Collection[str]) -> Mapping[str, str]:
        streams = {f"secret-{tenant_id}-{name}": 0 for name in names}
        latest = {row.stream: row for row in self._store.streams(streams) if row.tenant_id == tenant_id}
        found = {}
        for row in latest.values():
            event = recorded(row).event
            if isinstance(event, SecretSet):
                found[event.name] = self._opened(tenant_id, event)
        for name in names:
            if name not in found:
                raise ToolError("tool.unknown_secret", f"The tool needs the secret {name}: set it first.")
        return found

    def _opened(self, tenant_id: TenantId, event: SecretSet) -> str:
        try:
            return self._box.open(tenant_id, event.ciphertext)
        except UnreadableSecret:
            message = f"The secret {event.name} cannot be read any more: set it again."
            raise ToolError("tool.unreadable_secret", message) from None
