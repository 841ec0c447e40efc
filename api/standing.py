"""Whether what a token says is still true, looked up in memory: who may no longer, which tenants are held.

The edge of each process reads what changed when its knowledge is older than a second, once for all requests
that come meanwhile. A process that cannot read lets nobody in.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from projections.standing.queries import MOST, Change
from schemas.base import PLATFORM, TenantId
from schemas.envelope import Actor
from schemas.identity.types import Place

FRESH_SECONDS = 1.0
Changes = Callable[[int, datetime], Awaitable[Sequence[Change]]]
"""`(position, since)` -> what changed after that position; at most MOST of it."""

Revoked = Callable[[datetime], Awaitable[Sequence[tuple[UUID, datetime]]]]
"""Sessions that were ended since then, and when."""

Key = tuple[str, UUID, UUID]


async def none_revoked(since: datetime) -> Sequence[tuple[UUID, datetime]]:
    return ()


class Standing:
    """`kept`: how long an access token lives, so how long a change matters to those issued before."""

    def __init__(
        self,
        changes: Changes,
        revoked: Revoked = none_revoked,
        kept: timedelta = timedelta(minutes=15),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._changes, self._revoked, self._kept, self._now = changes, revoked, kept, now
        self._stale: dict[Key, datetime] = {}
        self._held: dict[UUID, str] = {}
        self._position, self._at = 0, float("-inf")
        self._reading = asyncio.Lock()

    async def refresh(self) -> None:
        """At once while what is known is fresh."""
        if self._now() - self._at < FRESH_SECONDS:
            return
        async with self._reading:
            if self._now() - self._at >= FRESH_SECONDS:
                await self._read()

    def forget(self) -> None:
        """The next request reads anew: something was changed here."""
        self._at = float("-inf")

    def stale(self, actor: Actor, issued_at: datetime) -> bool:
        return any(issued_at <= self._stale[key] for key in keys_of(actor) if key in self._stale)

    def held(self, tenant_id: TenantId) -> str | None:
        """Its status, when that is not that of a tenant in good standing."""
        return self._held.get(tenant_id)

    async def _read(self) -> None:
        begun, since = self._now(), datetime.now(UTC) - self._kept
        while len(found := await self._changes(self._position, since)) == MOST:
            self._note(found)
        self._note(found)
        for session, at in await self._revoked(since):
            self._stale["session", session, PLATFORM] = at
        self._stale = {key: at for key, at in self._stale.items() if at > since}
        self._at = begun

    def _note(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.kind != "tenant":
                self._stale[change.kind, change.id, change.place_id] = change.changed_at
            elif change.state == "active":
                self._held.pop(change.id, None)
            else:
                self._held[change.id] = change.state
            self._position = change.position


def keys_of(actor: Actor) -> Sequence[Key]:
    """What may have changed about this actor."""
    id_, place = UUID(actor.id), Place(tenant_id=actor.tenant_id, partner_id=actor.partner_id)
    keys: list[Key] = [("user", id_, PLATFORM), ("member", id_, place.id)]
    if actor.tenant_id is not None:
        keys.append(("moved", actor.tenant_id, PLATFORM))
    if actor.session_id is not None:
        keys.append(("session", actor.session_id, PLATFORM))
    if actor.impersonator is not None:
        helper = UUID(actor.impersonator)
        keys += [("user", helper, PLATFORM), ("member", helper, PLATFORM)]
    return keys
