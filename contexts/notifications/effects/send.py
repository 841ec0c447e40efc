"""Opens a letter and gives it to the mailer. Done twice it may arrive twice, as one message."""

from contexts.notifications.ports import NotificationPorts
from schemas.base import Command
from schemas.envelope import Recorded
from schemas.notifications.commands import RecordLetterFailure, RecordLetterSent
from schemas.notifications.events import LetterRequested, LetterTriedAgain
from schemas.notifications.mail_error import MailError
from schemas.notifications.types import Mail
from schemas.personal import Redacted

ERASED = "letter.recipient_erased"
NAMELESS = "(erased)"
"""In place of what somebody else was called."""


async def send(
    event: LetterRequested | LetterTriedAgain, recorded: Recorded, ports: NotificationPorts
) -> list[Command]:
    about = {"letter_id": event.letter.letter_id, "attempt": event.attempt}
    mail = await opened(event, recorded, ports)
    if mail is None:
        return [RecordLetterFailure(**about, code=ERASED, retryable=False)]
    try:
        await ports.mailer.send(mail)
    except MailError as error:
        return [RecordLetterFailure(**about, code=error.code, retryable=error.retryable)]
    return [RecordLetterSent(**about)]


async def opened(
    event: LetterRequested | LetterTriedAgain, recorded: Recorded, ports: NotificationPorts
) -> Mail | None:
    """None: whom it is for was erased."""
    letter = event.letter
    to, *values = await ports.personal.open([letter.to, *letter.sealed.values()])
    if isinstance(to, Redacted):
        return None
    readable = [NAMELESS if isinstance(value, Redacted) else value for value in values]
    return Mail(
        letter_id=letter.letter_id,
        to=to,
        template=letter.template,
        values={**letter.values, **dict(zip(letter.sealed, readable, strict=True))},
        locale=letter.locale,
        written_at=recorded.recorded_at,
    )
