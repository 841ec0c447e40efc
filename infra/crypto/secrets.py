"""Secrets at rest: Fernet under one current key, older keys still readable."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class UnreadableSecret(Exception):
    """No key of the box opens this secret."""


def derive(master: str, purpose: str) -> bytes:
    """32 bytes for one purpose. Knowing them tells nothing about the master or another purpose."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"hirebuddha:{purpose}".encode())
    return hkdf.derive(master.encode())


class SecretBox:
    """Seals under the first master key; opens what any of them sealed."""

    def __init__(self, masters: Sequence[str], purpose: str = "secrets") -> None:
        if not masters:
            raise ValueError("a secret box needs at least one master key")
        self._fernet = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(derive(master, purpose))) for master in masters]
        )

    def seal(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise UnreadableSecret("no master key opens this secret") from error
