"""Refresh tokens: each follows from the one before, and from nothing that is stored.

`hbr_` and, in base64url: the session's id, its generation, a salt, and an HMAC over these three. Whoever has
a token can be given its successor again without anybody having kept it.
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from infra.crypto.secrets import derive

PREFIX = "hbr_"
ID_BYTES, GENERATION_BYTES, SALT_BYTES, MAC_BYTES = 16, 8, 16, 32
BODY_BYTES = ID_BYTES + GENERATION_BYTES + SALT_BYTES
MAX_GENERATION = 2**63 - 2


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One of ours. `key` is the number of the key that made it and makes its successors."""

    session_id: UUID
    generation: int
    salt: bytes
    key: int
    text: str

    @property
    def hash(self) -> bytes:
        return sha256(self.text.encode()).digest()


class RefreshTokens:
    """`masters`: the current key first. A family stays with the key it began with."""

    def __init__(self, masters: Sequence[str]) -> None:
        self._keys = tuple(derive(master, "refresh tokens") for master in masters)

    def first(self, session_id: UUID) -> RefreshToken:
        return self._made(session_id, 1, secrets.token_bytes(SALT_BYTES), 0)

    def after(self, token: RefreshToken) -> RefreshToken:
        return self._made(token.session_id, token.generation + 1, token.salt, token.key)

    def parse(self, text: str) -> RefreshToken | None:
        """None when it is none of ours: then nothing is asked, and nobody's session is ended by it."""
        raw = decoded(text)
        if raw is None or len(raw) != BODY_BYTES + MAC_BYTES:
            return None
        body, mac = raw[:BODY_BYTES], raw[BODY_BYTES:]
        for number, key in enumerate(self._keys):
            if hmac.compare_digest(hmac.digest(key, body, "sha256"), mac):
                return opened(body, number, text)
        return None

    def _made(self, session_id: UUID, generation: int, salt: bytes, key: int) -> RefreshToken:
        body = session_id.bytes + generation.to_bytes(GENERATION_BYTES) + salt
        mac = hmac.digest(self._keys[key], body, "sha256")
        text = PREFIX + base64.urlsafe_b64encode(body + mac).decode()
        return RefreshToken(session_id, generation, salt, key, text)


def opened(body: bytes, key: int, text: str) -> RefreshToken | None:
    generation = int.from_bytes(body[ID_BYTES:-SALT_BYTES])
    if not 0 < generation <= MAX_GENERATION:
        return None
    return RefreshToken(UUID(bytes=body[:ID_BYTES]), generation, body[-SALT_BYTES:], key, text)


def decoded(text: str) -> bytes | None:
    if not text.startswith(PREFIX) or not text.isascii():
        return None
    try:
        return base64.b64decode(text.removeprefix(PREFIX), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
