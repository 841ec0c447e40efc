"""People whose data can be read without a key: `seal` here only looks like sealing."""

import base64
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from schemas.base import UserId
from schemas.identity.types import Person
from schemas.personal import Personal, Redacted, subject_of


def sealed(subject: UUID, text: str) -> Personal:
    return f"p1.{subject}.1.{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"


def plain(text: str) -> str:
    body = text.split(".", 3)[3]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def index(text: str, kind: str = "email") -> str:
    return sha256(f"{kind}\0{text}".encode()).hexdigest()


def person(email: str = "ada@example.com", name: str = "Ada", user_id: UUID | None = None) -> Person:
    id_ = UserId(user_id or uuid4())
    return Person(user_id=id_, email=sealed(id_, email), email_index=index(email), name=sealed(id_, name))


class ReadableBox:
    """Personal data of the edge's tests. Who was destroyed stays redacted. `until`: said of whom, last."""

    def __init__(self) -> None:
        self.destroyed: set[UUID] = set()
        self.until: dict[UUID, datetime | None] = {}

    def index(self, kind: str, text: str) -> str:
        return index(text, kind)

    async def seal(self, subject: UUID, *texts: str, until: datetime | None = None) -> list[Personal]:
        self.until[subject] = until
        return [sealed(subject, text) for text in texts]

    async def open(self, texts: Sequence[str]) -> list[str | Redacted]:
        return [
            plain(text) if text and subject_of(text) not in self.destroyed else Redacted() for text in texts
        ]

    async def destroy(self, subject: UUID) -> int:
        fresh = subject not in self.destroyed
        self.destroyed.add(subject)
        return int(fresh)
