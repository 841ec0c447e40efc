"""A real SMTP server in a thread, which takes letters or refuses them as a test says."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from infra.embedded.ports import free_ports

USER, PASSWORD = "mailer@app.example", "s3cr3t:/@ of the mailer"


@dataclass
class SmtpServer:
    """`refusals`: what it says to a recipient, in turn, before it takes one."""

    port: int
    refusals: list[str] = field(default_factory=list)
    refuses_data: str | None = None
    took: list[Envelope] = field(default_factory=list)
    logins: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuses_data:
            return self.refuses_data
        self.took.append(envelope)
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = data == LoginPassword(USER.encode(), PASSWORD.encode())
        self.logins += known
        return AuthResult(success=known, handled=False)

    def letters(self) -> list[EmailMessage]:
        found = [message_from_bytes(content_of(envelope), policy=default) for envelope in self.took]
        return [message for message in found if isinstance(message, EmailMessage)]


def content_of(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content


@contextmanager
def smtp_server(
    tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> Iterator[SmtpServer]:
    """With `tls` by STARTTLS, or from the first byte when `implicit`."""
    server = SmtpServer(port=free_ports(1)[0])
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        ssl_context=tls if implicit else None,
        tls_context=None if implicit else tls,
        require_starttls=tls is not None and not implicit,
        authenticator=server.authenticate if login else None,
        # It does not know that a connection is encrypted that has been so from the first byte.
        auth_required=login and not implicit,
        auth_require_tls=not implicit,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
