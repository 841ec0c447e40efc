"""Texts that open something: 256 bits nobody can guess, shown once, kept as a hash."""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from schemas.identity.secrets import KeyPrefix, SecretHash

KEY = re.compile(r"hbk_[a-z2-7]{8}_[A-Za-z0-9_-]{43}")
INVITATION = "hbi_"


def hash_of(text: str) -> SecretHash:
    """So many random bits need no slow hash."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class NewKey:
    text: str
    prefix: KeyPrefix

    @property
    def hash(self) -> SecretHash:
        return hash_of(self.text)


def new_key(secret: bytes, request: UUID) -> NewKey:
    """The key of one request: repeated under the same id, it gets the same one, which only we can make."""
    bits = hmac.digest(secret, b"api key\0" + request.bytes, "sha512")
    prefix = base64.b32encode(bits[:5]).decode().lower()
    return NewKey(f"hbk_{prefix}_{base64.urlsafe_b64encode(bits[32:]).decode().rstrip('=')}", prefix)


def new_invitation() -> str:
    return INVITATION + secrets.token_urlsafe(32)
