"""Routes about one's own account: for the person alone, in a session, not for who acts in their name."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from api.deps import CurrentActor, Parts
from api.errors import ApiProblem, unauthenticated
from api.reads import PLATFORM_SCOPE
from api.rows.people import UserRow
from schemas.base import UserId
from schemas.envelope import Actor


@dataclass(frozen=True)
class Oneself:
    actor: Actor
    user: UserRow

    @property
    def id(self) -> UserId:
        return self.user.id

    @property
    def session_id(self) -> UUID:
        assert self.actor.session_id is not None
        return self.actor.session_id


async def oneself(parts: Parts, actor: CurrentActor) -> Oneself:
    if actor.kind != "user" or actor.impersonator is not None or actor.session_id is None:
        raise ApiProblem(403, "auth.only_in_person", "Only the person can do this, signed in.")
    user = await parts.reads.user_by_id(PLATFORM_SCOPE, UUID(actor.id))
    if user is None or user.erased:
        raise unauthenticated("auth.unknown_user", "The user of this token does not exist any more.")
    return Oneself(actor, user)


Me = Annotated[Oneself, Depends(oneself)]
