"""What waits for somebody to come back: registrations and round trips."""

from datetime import datetime
from uuid import UUID, uuid4

from infra.identity import registrations, round_trips
from infra.identity.pool import Clock
from infra.identity.registrations import Pending
from infra.identity.round_trips import RoundTrip


class MemoryRegistrations:
    def __init__(self, now: Clock) -> None:
        self._now = now
        self._rows: dict[str, tuple[Pending, datetime]] = {}

    async def put(self, email_index: str, sealed: bytes) -> UUID:
        made = Pending(uuid4(), email_index, registrations.bounded(sealed))
        self._rows[email_index] = made, self._now() + registrations.LIFE
        return made.id

    async def find(self, email_index: str) -> Pending | None:
        pending, expires_at = self._rows.get(email_index, (None, self._now()))
        return pending if expires_at > self._now() else None

    async def take(self, pending_id: UUID) -> Pending | None:
        for email_index, (pending, _) in self._rows.items():
            if pending.id == pending_id and await self.find(email_index):
                return self._rows.pop(email_index)[0]
        return None


class MemoryRoundTrips:
    def __init__(self, now: Clock) -> None:
        self._now = now
        self._rows: dict[tuple[str, str], tuple[RoundTrip, datetime]] = {}

    async def begin(self, state: str, browser: str, trip: RoundTrip) -> None:
        self._rows[state, browser] = trip, self._now() + round_trips.LIFE

    async def take(self, state: str, browser: str) -> RoundTrip | None:
        trip, expires_at = self._rows.pop((state, browser), (None, self._now()))
        return trip if expires_at > self._now() else None
