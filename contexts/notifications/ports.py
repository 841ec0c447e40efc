"""What notifications need from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.notifications.types import Mail
from schemas.personal import Redacted


class PersonalReader(Protocol):
    async def open(self, texts: Sequence[str]) -> Sequence[str | Redacted]:
        """In their order. Redacted where the subject was erased."""
        ...


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Once for each call; a letter sent twice has the same Message-ID. Or raises MailError."""
        ...


@dataclass(frozen=True)
class NotificationPorts:
    personal: PersonalReader
    mailer: Mailer
