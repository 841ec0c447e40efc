"""The vault and the read model's places, in memory."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from infra.eventstore.mapper import recorded
from infra.eventstore.types import EventStore
from schemas.base import UserId
from schemas.identity.events import MembershipGranted, MembershipRevoked, UserRegistered
from schemas.identity.invitations import (
    InvitationAccepted,
    InvitationExpired,
    InvitationRevoked,
    InvitationSent,
    RevokeInvitation,
)
from schemas.identity.types import Place
from schemas.personal import Personal
from tests.support.fakes.personal import opened, sealed


class MemoryVault:
    """`erased`: whose keys were destroyed; `forgotten`: those of what is no person."""

    def __init__(self) -> None:
        self.erased: list[UserId] = []
        self.forgotten: set[UUID] = set()

    async def forget(self, subject: UUID) -> int:
        fresh = subject not in self.forgotten
        self.forgotten.add(subject)
        return int(fresh)

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


class MemoryInvited:
    """Of the record itself."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def pending(self, email_index: str, position: int) -> Sequence[RevokeInvitation]:
        found: dict[UUID, RevokeInvitation] = {}
        for row in self._store.after(0, 1_000_000):
            match recorded(row).event:
                case InvitationSent(place=place, invitation_id=id_, email_index=to) if to == email_index:
                    found[id_] = RevokeInvitation(place=place, invitation_id=id_)
                case InvitationAccepted() | InvitationRevoked() | InvitationExpired() as ended:
                    found.pop(ended.invitation_id, None)
        return list(found.values())


class MemoryFarewells:
    """Of the record itself: what people were registered with, sealed anew."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def to(self, user_id: UserId) -> Personal | None:
        for row in self._store.after(0, 1_000_000):
            event = recorded(row).event
            if isinstance(event, UserRegistered) and event.user_id == user_id:
                return sealed(opened(event.email), uuid5(user_id, "farewell"))
        return None
