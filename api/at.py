"""A place as the edge knows it, and whose streams its commands go to."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.models.common import Done
from api.submit import Attempt
from schemas.base import PLATFORM, Command, PartnerId, TenantId
from schemas.envelope import Answer
from schemas.identity.types import Place


@dataclass(frozen=True)
class At:
    place: Place
    name: str

    async def send(self, attempt: Attempt, command: Command) -> Answer | None:
        return await attempt.send(command, *owner_of(self.place))


def owner_of(place: Place) -> tuple[TenantId, PartnerId | None]:
    return place.tenant_id or PLATFORM, place.partner_id


def done(attempt: Attempt, id_: UUID, answer: Answer | None) -> Any:
    return attempt.pending(id=id_) if answer is None else Done(id=id_, position=answer.position)
