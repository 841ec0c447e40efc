"""Letters handed to a real server, which takes them, refuses them, or is not there."""

import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from infra.embedded.ports import free_ports
from infra.mail.address import smtp_server as parsed
from infra.mail.smtp import SmtpMailer
from schemas.notifications.mail_error import MailError
from tests.support.certificates import contexts_for
from tests.support.letters import mail
from tests.support.smtp_server import PASSWORD, USER, SmtpServer, smtp_server

SENDER = "no-reply@app.example"
LOGIN = f"{quote(USER)}:{quote(PASSWORD, safe='')}@"
Mailers = Callable[..., SmtpMailer]


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return contexts_for("localhost", tmp_path)


def mailer(url: str, tls: ssl.SSLContext | None = None, seconds: float = 5.0) -> SmtpMailer:
    return SmtpMailer(parsed(SecretStr(url)), SENDER, tls, seconds)


async def failure(sending: SmtpMailer) -> MailError:
    with pytest.raises(MailError) as caught:
        await sending.send(mail())
    return caught.value


def only(server: SmtpServer) -> str:
    (envelope,) = server.took
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["ada@people.example"])
    return str(server.letters()[0]["Subject"])


async def test_in_clear_within_this_machine() -> None:
    with smtp_server() as server:
        await mailer(f"smtp://127.0.0.1:{server.port}").send(mail())
        assert only(server) == "Confirm your e-mail address"


async def test_encrypted_after_a_greeting_with_a_login(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    served, trusting = tls
    with smtp_server(served, login=True) as server:
        await mailer(f"starttls://{LOGIN}localhost:{server.port}", trusting).send(mail())
        assert only(server) and server.logins == 1


async def test_encrypted_from_the_first_byte_with_a_login(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    served, trusting = tls
    with smtp_server(served, implicit=True, login=True) as server:
        await mailer(f"smtps://{LOGIN}localhost:{server.port}", trusting).send(mail())
        assert only(server) and server.logins == 1


async def test_a_letter_sent_twice_is_one_message() -> None:
    with smtp_server() as server:
        for _ in range(2):
            await mailer(f"smtp://127.0.0.1:{server.port}").send(mail())
        assert server.took[0].content == server.took[1].content
        assert len({letter["Message-ID"] for letter in server.letters()}) == 1


@pytest.mark.parametrize(
    ("said", "retryable"),
    [
        ("550 5.1.1 No such user here: ada@people.example", False),
        ("553 5.1.3 Bad address", False),
        ("450 4.2.1 Mailbox busy", True),
        ("451 4.7.1 Greylisted", True),
        ("452 4.2.2 Mailbox full", True),
    ],
)
async def test_a_reader_the_server_refuses(said: str, retryable: bool) -> None:
    with smtp_server() as server:
        server.refusals = [said]
        told = await failure(mailer(f"smtp://127.0.0.1:{server.port}"))
    assert (told.code, told.retryable) == ("letter.recipient_refused", retryable)
    assert "ada" not in str(told)


@pytest.mark.parametrize(("said", "retryable"), [("554 Spam", False), ("451 Try later", True)])
async def test_a_letter_the_server_refuses(said: str, retryable: bool) -> None:
    with smtp_server() as server:
        server.refuses_data = said
        told = await failure(mailer(f"smtp://127.0.0.1:{server.port}"))
    assert (told.code, told.retryable) == ("letter.message_refused", retryable)


async def test_a_wrong_password(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """The operator may put it right: the letter is not given up at once."""
    served, trusting = tls
    with smtp_server(served, login=True) as server:
        told = await failure(mailer(f"starttls://{USER}:wrong@localhost:{server.port}", trusting))
        assert server.took == []
    assert (told.code, told.retryable) == ("letter.login_refused", True)


async def test_a_server_that_cannot_encrypt_gets_nothing() -> None:
    with smtp_server() as server:
        told = await failure(mailer(f"starttls://localhost:{server.port}"))
        assert server.took == []
    assert (told.code, told.retryable) == ("letter.server_incapable", True)


async def test_a_server_with_a_certificate_nobody_trusts(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    served, _ = tls
    with smtp_server(served, implicit=True, login=True) as server:
        told = await failure(mailer(f"smtps://{LOGIN}localhost:{server.port}"))
        assert server.took == []
    assert (told.code, told.retryable) == ("letter.server_unreachable", True)


async def test_a_server_that_is_not_there() -> None:
    told = await failure(mailer(f"smtp://127.0.0.1:{free_ports(1)[0]}"))
    assert (told.code, told.retryable) == ("letter.server_unreachable", True)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mail.example.com", "begins with"),
        ("https://mail.example.com", "begins with"),
        ("smtp://", "names a host"),
        ("smtps://mail.example.com/path", "nothing else"),
        ("smtps://mail.example.com:port", "port"),
        ("smtp://user:s3cr3t@mail.example.com", "password needs"),
    ],
)
def test_an_address_that_makes_no_sense(url: str, told: str) -> None:
    with pytest.raises(Exception, match=told) as caught:
        parsed(SecretStr(url))
    assert "s3cr3t" not in str(caught.value)


def test_an_address_with_a_login() -> None:
    server = parsed(SecretStr(f"starttls://{LOGIN}mail.example.com"))
    assert (server.port, server.encryption, server.username) == (587, "starttls", USER)
    assert server.password == PASSWORD and PASSWORD not in repr(server)
