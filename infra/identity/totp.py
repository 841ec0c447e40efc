"""Codes of an authenticator app (RFC 6238). Each is accepted once, thirty seconds early or late."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import pyotp

from infra.crypto.secrets import SecretBox
from infra.identity.pool import Clock, Pool, changed, first
from schemas.base import UserId

STEP_SECONDS, DIGITS, DRIFT = 30, 6, 1
ISSUER = "HireBuddha"

BEGIN = """
INSERT INTO vault.totp AS t (user_id, sealed, created_at) VALUES (%(user_id)s, %(sealed)s, %(now)s)
ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
WHERE t.confirmed_at IS NULL RETURNING user_id"""
SEED = "SELECT sealed, confirmed_at FROM vault.totp WHERE user_id = %(user_id)s"
CONFIRM = """
UPDATE vault.totp SET confirmed_at = %(now)s, last_step = %(step)s
WHERE user_id = %(user_id)s AND sealed = %(sealed)s AND confirmed_at IS NULL"""
ACCEPT = """
UPDATE vault.totp SET last_step = %(step)s WHERE user_id = %(user_id)s AND sealed = %(sealed)s
AND confirmed_at IS NOT NULL AND last_step < %(step)s"""
REMOVE = "DELETE FROM vault.totp WHERE user_id = %(user_id)s"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Shown once. `uri` is what a QR code of it says."""

    secret: str
    uri: str


class TotpActive(Exception):
    """There is an app already; it must be removed before another is set up."""


class Totp(Protocol):
    async def begin(self, user_id: UserId, account: str) -> Enrolment:
        """`account`: how the app names it, as the e-mail address. Raises TotpActive."""
        ...

    async def confirm(self, user_id: UserId, code: str) -> bool:
        """The app shows the right code: from now on it is asked for."""
        ...

    async def verify(self, user_id: UserId, code: str) -> bool: ...

    async def active(self, user_id: UserId) -> bool: ...

    async def remove(self, user_id: UserId) -> bool: ...


def enrolment(secret: str, account: str) -> Enrolment:
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, if it is near."""
    digits = code.replace(" ", "")
    if len(digits) != DIGITS or not digits.isascii():
        return None
    app, step = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for near in range(step - DRIFT, step + DRIFT + 1):
        if hmac.compare_digest(app.at(near * STEP_SECONDS), digits):
            return near
    return None


class PostgresTotp:
    """`masters` seal the seeds, each person's under a key of its own: none is good in another's row."""

    def __init__(self, pool: Pool, masters: Sequence[str], now: Clock) -> None:
        self._pool, self._masters, self._now = pool, tuple(masters), now

    async def begin(self, user_id: UserId, account: str) -> Enrolment:
        secret = pyotp.random_base32()
        sealed = self._box(user_id).seal(secret.encode())
        params = {"user_id": user_id, "sealed": sealed, "now": self._now()}
        if await first(self._pool, BEGIN, params) is None:
            raise TotpActive
        return enrolment(secret, account)

    async def confirm(self, user_id: UserId, code: str) -> bool:
        return await self._take(CONFIRM, user_id, code)

    async def verify(self, user_id: UserId, code: str) -> bool:
        return await self._take(ACCEPT, user_id, code)

    async def active(self, user_id: UserId) -> bool:
        row = await first(self._pool, SEED, {"user_id": user_id})
        return row is not None and row[1] is not None

    async def remove(self, user_id: UserId) -> bool:
        return await changed(self._pool, REMOVE, {"user_id": user_id}) == 1

    async def _take(self, query: str, user_id: UserId, code: str) -> bool:
        """Only for the seed it was checked with."""
        now = self._now()
        row = await first(self._pool, SEED, {"user_id": user_id})
        step = step_of(self._box(user_id).open(row[0]).decode(), code, now) if row else None
        if row is None or step is None:
            return False
        params = {"user_id": user_id, "sealed": row[0], "step": step, "now": now}
        return await changed(self._pool, query, params) == 1

    def _box(self, user_id: UserId) -> SecretBox:
        return SecretBox(self._masters, f"totp:{user_id}")
