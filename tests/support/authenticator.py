"""The command line's device for passkeys, at the page the tests' platform trusts."""

from dataclasses import dataclass

from api.cli import authenticator


@dataclass
class Authenticator(authenticator.Authenticator):
    origin: str = "https://app.example"
    transports: tuple[str, ...] = ("internal", "hybrid")
