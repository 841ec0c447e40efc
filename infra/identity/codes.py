"""One-time codes sent by mail: eight digits to type, and a link, of which either may be used, once."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Protocol

from infra.crypto.secrets import derive
from infra.identity.pool import Clock, Pool, first

DIGITS, LINK_BYTES = 8, 32
MOST_TRIES = 5
LIFE = timedelta(minutes=15)
MOST_ISSUED = 5
"""Codes for one purpose and subject in `ISSUED_IN`: each one brings five tries, and a mail."""

ISSUED_IN = timedelta(hours=1)

ISSUE = """
INSERT INTO vault.codes AS c (purpose, subject, code_hash, link_hash, expires_at, issued_since)
VALUES (%(purpose)s, %(subject)s, %(code)s, %(link)s, %(expires_at)s, %(now)s)
ON CONFLICT (purpose, subject) DO UPDATE SET code_hash = excluded.code_hash,
    link_hash = excluded.link_hash, expires_at = excluded.expires_at, tries = 0, used_at = NULL,
    issued = CASE WHEN c.issued_since > %(window)s THEN c.issued + 1 ELSE 1 END,
    issued_since = CASE WHEN c.issued_since > %(window)s THEN c.issued_since ELSE excluded.issued_since END
WHERE c.issued_since <= %(window)s OR c.issued < %(most)s
RETURNING purpose"""
USABLE = "used_at IS NULL AND expires_at > %(now)s"
USE_CODE = f"""
UPDATE vault.codes SET tries = tries + 1, used_at = CASE WHEN code_hash = %(code)s THEN %(now)s END
WHERE purpose = %(purpose)s AND subject = %(subject)s AND tries < %(tries)s AND {USABLE}
RETURNING used_at IS NOT NULL"""
USE_LINK = f"""
UPDATE vault.codes SET used_at = %(now)s
WHERE link_hash = %(link)s AND purpose = %(purpose)s AND {USABLE} RETURNING subject"""


@dataclass(frozen=True, slots=True)
class Issued:
    code: str
    link: str


class TooManyCodes(Exception):
    """So many were sent for this purpose and subject that no more are for a while."""


class Codes(Protocol):
    """`purpose`: a word of ours, as `reset_password`. `subject`: whom or what the code is for."""

    async def issue(self, purpose: str, subject: str) -> Issued:
        """Takes the place of the code before. Raises TooManyCodes."""
        ...

    async def use_code(self, purpose: str, subject: str, code: str) -> bool:
        """False as well when it was used, has expired, or was guessed at too often."""
        ...

    async def use_link(self, purpose: str, link: str) -> str | None:
        """The subject. Nobody guesses a link: whoever spends the tries of a code leaves it good."""
        ...


class CodeHashes:
    """Under a key, as eight digits would be found from a plain hash in no time. A code is its subject's."""

    def __init__(self, masters: Sequence[str]) -> None:
        self._key = derive(masters[0], "one-time codes")

    def code(self, purpose: str, subject: str, code: str) -> bytes:
        """People type spaces and dashes between digits."""
        digits = code.replace(" ", "").replace("-", "")
        return self._hash("code", purpose, subject, digits)

    def link(self, purpose: str, link: str) -> bytes:
        return self._hash("link", purpose, link)

    def _hash(self, *parts: str) -> bytes:
        text = b"".join(sha256(part.encode(errors="surrogatepass")).digest() for part in parts)
        return hmac.digest(self._key, text, "sha256")


def new_code() -> Issued:
    number = secrets.randbelow(10**DIGITS)
    return Issued(f"{number:0{DIGITS}}", secrets.token_urlsafe(LINK_BYTES))


class PostgresCodes:
    def __init__(self, pool: Pool, hashes: CodeHashes, now: Clock) -> None:
        self._pool, self._hashes, self._now = pool, hashes, now

    async def issue(self, purpose: str, subject: str) -> Issued:
        made, now = new_code(), self._now()
        params = {
            "purpose": purpose,
            "subject": subject,
            "code": self._hashes.code(purpose, subject, made.code),
            "link": self._hashes.link(purpose, made.link),
            "now": now,
            "expires_at": now + LIFE,
            "window": now - ISSUED_IN,
            "most": MOST_ISSUED,
        }
        if await first(self._pool, ISSUE, params) is None:
            raise TooManyCodes
        return made

    async def use_code(self, purpose: str, subject: str, code: str) -> bool:
        params = {
            "purpose": purpose,
            "subject": subject,
            "code": self._hashes.code(purpose, subject, code),
            "now": self._now(),
            "tries": MOST_TRIES,
        }
        return await first(self._pool, USE_CODE, params) == (True,)

    async def use_link(self, purpose: str, link: str) -> str | None:
        hashed = self._hashes.link(purpose, link)
        params = {"purpose": purpose, "link": hashed, "now": self._now()}
        row = await first(self._pool, USE_LINK, params)
        return str(row[0]) if row else None
