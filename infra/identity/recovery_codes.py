"""Ten codes on paper, for who has lost everything else. Each is used once."""

import hmac
import secrets
from collections.abc import Sequence
from typing import Protocol

from infra.crypto.secrets import derive
from infra.identity.pool import Clock, Pool, changed, first
from schemas.base import UserId

COUNT, CHARS, GROUP = 10, 10, 5
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's: nothing in it is taken for something else."""

READ_AS = str.maketrans("oil", "011", "- ")

RENEW = """
INSERT INTO vault.recovery_codes (user_id, hashes, renewed_at) VALUES (%(user_id)s, %(hashes)s, %(now)s)
ON CONFLICT (user_id) DO UPDATE SET hashes = excluded.hashes, renewed_at = excluded.renewed_at"""
USE = """
UPDATE vault.recovery_codes SET hashes = array_remove(hashes, %(hash)s)
WHERE user_id = %(user_id)s AND %(hash)s = ANY(hashes) RETURNING cardinality(hashes)"""
LEFT = "SELECT cardinality(hashes) FROM vault.recovery_codes WHERE user_id = %(user_id)s"
REMOVE = "DELETE FROM vault.recovery_codes WHERE user_id = %(user_id)s"


class RecoveryCodes(Protocol):
    async def renew(self, user_id: UserId) -> Sequence[str]:
        """Shown once. The older ones are no longer good."""
        ...

    async def use(self, user_id: UserId, code: str) -> int | None:
        """How many are left; None when it is none of theirs."""
        ...

    async def left(self, user_id: UserId) -> int: ...

    async def remove(self, user_id: UserId) -> None: ...


def new_codes() -> list[str]:
    return [new_code() for _ in range(COUNT)]


def new_code() -> str:
    chars = "".join(secrets.choice(ALPHABET) for _ in range(CHARS))
    return f"{chars[:GROUP]}-{chars[GROUP:]}"


def read(code: str) -> str:
    """As it was meant by who typed it."""
    return code.casefold().translate(READ_AS)


class PostgresRecoveryCodes:
    def __init__(self, pool: Pool, masters: Sequence[str], now: Clock) -> None:
        self._pool, self._now = pool, now
        self._keys = tuple(derive(master, "recovery codes") for master in masters)

    async def renew(self, user_id: UserId) -> Sequence[str]:
        codes = new_codes()
        hashes = [hashed(self._keys[0], user_id, code) for code in codes]
        await changed(self._pool, RENEW, {"user_id": user_id, "hashes": hashes, "now": self._now()})
        return codes

    async def use(self, user_id: UserId, code: str) -> int | None:
        """On paper for years: codes of older master keys are good as well."""
        for key in self._keys:
            row = await first(self._pool, USE, {"user_id": user_id, "hash": hashed(key, user_id, code)})
            if row:
                return int(row[0])
        return None

    async def left(self, user_id: UserId) -> int:
        row = await first(self._pool, LEFT, {"user_id": user_id})
        return int(row[0]) if row else 0

    async def remove(self, user_id: UserId) -> None:
        await changed(self._pool, REMOVE, {"user_id": user_id})


def hashed(key: bytes, user_id: UserId, code: str) -> bytes:
    """Under a key: fifty bits would be found from a plain hash in time."""
    text = user_id.bytes + read(code).encode(errors="surrogatepass")
    return hmac.digest(key, text, "sha256")
