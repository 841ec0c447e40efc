"""Letters through an SMTP server. We never retry by ourselves: whoever sends knows what is worth it."""

import ssl
from collections.abc import Collection
from uuid import UUID

import aiosmtplib
import structlog

from infra.mail.address import SmtpServer
from infra.mail.message import message_of
from schemas.notifications.mail_error import MailError
from schemas.notifications.types import Mail

SECONDS = 20.0

log = structlog.get_logger(__name__)


class SmtpMailer:
    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._server, self._sender, self._seconds = server, sender, seconds
        self._tls = tls or ssl.create_default_context()

    async def send(self, mail: Mail) -> None:
        message, server = message_of(mail, self._sender), self._server
        try:
            await aiosmtplib.send(
                message,
                hostname=server.host,
                port=server.port,
                username=server.username,
                password=server.password,
                use_tls=server.encryption == "tls",
                start_tls=server.encryption == "starttls",
                tls_context=None if server.encryption == "none" else self._tls,
                timeout=self._seconds,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            failure = failure_of(error)
            log.warning("letter not sent", letter_id=str(mail.letter_id), code=failure.code, kind=kind(error))
            raise failure from None

    async def forget(self, letters: Collection[UUID]) -> int:
        """None was kept."""
        return 0


def failure_of(error: Exception) -> MailError:
    """What a server answers with 5xx it says for good. All else may be otherwise in a while."""
    match error:
        case OSError():
            return MailError("letter.server_unreachable", retryable=True)
        case aiosmtplib.SMTPRecipientsRefused():
            return told("letter.recipient_refused", error.recipients[0].code)
        case aiosmtplib.SMTPRecipientRefused():
            return told("letter.recipient_refused", error.code)
        case aiosmtplib.SMTPAuthenticationError():
            return MailError("letter.login_refused", retryable=True)
        case aiosmtplib.SMTPSenderRefused():
            return told("letter.sender_refused", error.code)
        case aiosmtplib.SMTPResponseException():
            return told("letter.message_refused", error.code)
    return MailError("letter.server_incapable", retryable=True)


def told(code: str, number: int) -> MailError:
    return MailError(code, retryable=number < 500)


def kind(error: Exception) -> str:
    """Its class and number, not its words: servers repeat addresses."""
    return f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
