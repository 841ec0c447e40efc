"""Personal texts without a vault: readable by nobody but this, until their subject is erased."""

import base64
from collections.abc import Sequence
from uuid import UUID

from schemas.personal import Personal, Redacted, subject_of

SUBJECT = UUID(int=4)


def sealed(text: str, subject: UUID = SUBJECT) -> Personal:
    return f"p1.{subject}.1.{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"


class FakePersonal:
    def __init__(self) -> None:
        self.erased: set[UUID] = set()

    async def open(self, texts: Sequence[str]) -> list[str | Redacted]:
        return [Redacted() if subject_of(text) in self.erased else opened(text) for text in texts]


def opened(text: str) -> str:
    body = text.rpartition(".")[2]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
