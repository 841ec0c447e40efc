"""Sign-ins that are away at an identity provider, bound to the browser they began in, to come back once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Protocol

from infra.crypto.secrets import SecretBox
from infra.identity.hashing import hashed
from infra.identity.pool import Clock, Pool, changed, first

LIFE = timedelta(minutes=10)

BEGIN = """
INSERT INTO vault.oidc_round_trips (state_hash, browser_hash, sealed, expires_at)
VALUES (%(state)s, %(browser)s, %(sealed)s, %(expires_at)s)"""
TAKE = """
DELETE FROM vault.oidc_round_trips
WHERE state_hash = %(state)s AND browser_hash = %(browser)s AND expires_at > %(now)s RETURNING sealed"""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """`details`: what else is to be known when it comes back, as where to go then."""

    provider: str
    nonce: str
    verifier: str
    details: Mapping[str, str] = field(default_factory=dict)


class RoundTrips(Protocol):
    """`state`: what the provider brings back. `browser`: a secret in a cookie of the browser's."""

    async def begin(self, state: str, browser: str, trip: RoundTrip) -> None: ...

    async def take(self, state: str, browser: str) -> RoundTrip | None:
        """Once, from the same browser, in time."""
        ...


class PostgresRoundTrips:
    def __init__(self, pool: Pool, masters: Sequence[str], now: Clock) -> None:
        self._pool, self._now = pool, now
        self._box = SecretBox(masters, "oidc round trips")

    async def begin(self, state: str, browser: str, trip: RoundTrip) -> None:
        sealed = self._box.seal(json.dumps(asdict(trip)).encode())
        keys = {"state": hashed(state), "browser": hashed(browser)}
        await changed(self._pool, BEGIN, {**keys, "sealed": sealed, "expires_at": self._now() + LIFE})

    async def take(self, state: str, browser: str) -> RoundTrip | None:
        params = {"state": hashed(state), "browser": hashed(browser), "now": self._now()}
        row = await first(self._pool, TAKE, params)
        return RoundTrip(**json.loads(self._box.open(row[0]))) if row else None
