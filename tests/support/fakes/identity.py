"""The vault and the read model's places, in memory."""

from collections.abc import Mapping, Sequence

from infra.eventstore.mapper import recorded
from infra.eventstore.types import EventStore
from schemas.base import UserId
from schemas.identity.events import MembershipGranted, MembershipRevoked
from schemas.identity.types import Place


class MemoryVault:
    """`erased`: whose keys were destroyed."""

    def __init__(self) -> None:
        self.erased: list[UserId] = []

    async def erase(self, user_id: UserId) -> Mapping[str, int]:
        fresh = user_id not in self.erased
        self.erased.append(user_id)
        return {"keys": int(fresh), "passwords": int(fresh)}


class MemoryPlaces:
    """Of the record itself."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def of(self, user_id: UserId, position: int) -> Sequence[Place]:
        places: dict[Place, None] = {}
        for row in self._store.after(0, 1_000_000):
            match recorded(row).event:
                case MembershipGranted(place=place, person=who) if who.user_id == user_id:
                    places[place] = None
                case MembershipRevoked(place=place, user_id=who_left) if who_left == user_id:
                    places.pop(place, None)
        return list(places)
