"""Where letters are handed in, as HB_SMTP_URL says it."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from infra.errors import SetupError

Encryption = Literal["none", "tls", "starttls"]
SCHEMES: dict[str, tuple[Encryption, int]] = {
    "smtp": ("none", 25),
    "smtps": ("tls", 465),
    "starttls": ("starttls", 587),
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class BadMailSettings(SetupError):
    def __init__(self, message: str) -> None:
        super().__init__(
            f"HB_SMTP_URL cannot be used: {message}.",
            "Say it like smtps://user:password@mail.example.com or starttls://mail.example.com:587.",
        )


@dataclass(frozen=True)
class SmtpServer:
    host: str
    port: int
    encryption: Encryption
    username: str | None = None
    password: str | None = field(default=None, repr=False)


def smtp_server(url: SecretStr) -> SmtpServer:
    """A password is not sent in clear, except within this machine."""
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in SCHEMES:
        raise BadMailSettings("it begins with smtp://, smtps:// or starttls://")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadMailSettings("it names a host, and perhaps a user and a port, and nothing else")
    encryption, usual = SCHEMES[parts.scheme]
    if parts.username and encryption == "none" and parts.hostname not in LOOPBACK:
        raise BadMailSettings("a password needs smtps:// or starttls://")
    return SmtpServer(
        host=parts.hostname,
        port=port_of(parts.netloc, usual),
        encryption=encryption,
        username=parts.username and unquote(parts.username),
        password=parts.password and unquote(parts.password),
    )


def port_of(place: str, usual: int) -> int:
    try:
        return urlsplit(f"//{place}").port or usual
    except ValueError:
        raise BadMailSettings("its port is none") from None
