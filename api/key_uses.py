"""Remembers when keys were used, and writes it down now and then: a crash forgets a few seconds of it."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from infra.identity.key_uses import KeyUse

PAUSE_SECONDS = 5.0
MOST_KEPT = 10_000

log = structlog.get_logger(__name__)


class KeyUseStore(Protocol):
    async def note(self, uses: Sequence[KeyUse]) -> None: ...

    async def read(self, key_ids: Collection[UUID]) -> Mapping[UUID, KeyUse]: ...


class KeyUses:
    """However often a key is used, it is one row every few seconds."""

    def __init__(self, store: KeyUseStore, pause: float = PAUSE_SECONDS) -> None:
        self._store, self._pause = store, pause
        self._noted: dict[UUID, KeyUse] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, key_id: UUID, at: datetime, address: str) -> None:
        if key_id in self._noted or len(self._noted) < MOST_KEPT:
            self._noted[key_id] = KeyUse(key_id, at, address)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_soon())

    async def read(self, key_ids: Collection[UUID]) -> Mapping[UUID, KeyUse]:
        written = await self._store.read(key_ids)
        return {**written, **{id_: self._noted[id_] for id_ in key_ids if id_ in self._noted}}

    async def close(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
        await self._write()

    async def _write_soon(self) -> None:
        await asyncio.sleep(self._pause)
        await self._write()

    async def _write(self) -> None:
        """A store that is away costs this knowledge, never a request."""
        uses, self._noted = list(self._noted.values()), {}
        if not uses:
            return
        try:
            await self._store.note(uses)
        except Exception as error:
            log.warning("key uses not written", count=len(uses), error=repr(error))
