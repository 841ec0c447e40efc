"""A mailer that keeps what it gets; the next errors are raised first, one for each letter."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from schemas.notifications.mail_error import MailError
from schemas.notifications.types import Mail


@dataclass
class FakeMailer:
    sent: list[Mail] = field(default_factory=list)
    errors: list[MailError] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(mail)

    async def forget(self, letters: Collection[UUID]) -> int:
        before = len(self.sent)
        self.sent = [mail for mail in self.sent if mail.letter_id not in letters]
        return before - len(self.sent)
