"""People at the edge: where their data is opened, and sealed before it goes anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from schemas.base import UserId
from schemas.identity.types import Person
from schemas.personal import Personal, Redacted

EMAIL = "email"


class PersonalData(Protocol):
    def index(self, kind: str, text: str) -> str:
        """A keyed hash: finds a text without telling it."""
        ...

    async def seal(self, subject: UUID, *texts: str, until: datetime | None = None) -> list[Personal]:
        """`until`: the subject may never come; unless something is sealed for longer, all of it goes then.

        Raises SubjectErased.
        """
        ...

    async def open(self, texts: Sequence[str]) -> list[str | Redacted]: ...

    async def destroy(self, subject: UUID) -> int:
        """Returns how many keys that took."""
        ...


@dataclass(frozen=True)
class People:
    box: PersonalData

    def index(self, email: str) -> str:
        """`email` in the form `Email` gives it."""
        return self.box.index(EMAIL, email)

    async def person(self, user_id: UserId, email: str, name: str) -> Person:
        """Raises SubjectErased."""
        sealed_email, sealed_name = await self.box.seal(user_id, email, name)
        return Person(user_id=user_id, email=sealed_email, email_index=self.index(email), name=sealed_name)

    async def open(self, texts: Sequence[str]) -> list[str | Redacted]:
        return await self.box.open(texts)

    async def email_of(self, sealed: str) -> str | None:
        """None once its owner is erased."""
        [email] = await self.open([sealed])
        return email if isinstance(email, str) else None
