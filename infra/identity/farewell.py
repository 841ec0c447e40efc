"""Where the last letter to somebody goes: their address once more, under a key of its own that goes soon."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid5

from schemas.base import UserId
from schemas.personal import Personal, Redacted

KEPT = timedelta(days=2)
"""Longer than a letter is tried."""


class Box(Protocol):
    async def open(self, texts: Sequence[str]) -> list[str | Redacted]: ...

    async def seal(self, subject: UUID, *texts: str, until: datetime | None = None) -> list[Personal]: ...


async def farewell(box: Box, user_id: UserId, email: str, now: datetime) -> Personal | None:
    """`email`: as it is sealed under their own key. None: that is gone, and with it where to write to."""
    [address] = await box.open([email])
    if isinstance(address, Redacted):
        return None
    [sealed] = await box.seal(uuid5(user_id, "farewell"), address, until=now + KEPT)
    return sealed
