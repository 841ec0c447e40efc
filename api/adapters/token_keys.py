"""The keys of access tokens in one process: read anew each minute, at a token of an unknown key, and rotated
when it is time.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from infra.crypto.keys import KeyRing, KeyStore, load_ring, rotate_if_due
from infra.crypto.secrets import SecretBox
from infra.crypto.tokens import Tokens

SELDOM_SECONDS = 5.0
"""Between two reads because of tokens of unknown keys, which anybody can send."""

DAY = 86_400.0

log = structlog.get_logger()


class TokenKeys:
    """`days`: how long a key signs; 0 for ever."""

    def __init__(
        self,
        tokens: Tokens,
        store: KeyStore,
        box: SecretBox,
        days: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.tokens, self._store, self._box, self._days, self._now = tokens, store, box, days, now
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def reload(self) -> None:
        """A token names a key that is not known here. Whoever asks meanwhile waits for the same answer."""
        async with self._reading:
            if self._now() - self._read_at >= SELDOM_SECONDS:
                self._use(await asyncio.to_thread(load_ring, self._store, self._box))

    async def tend(self) -> None:
        """To be done every RELOAD_SECONDS."""
        self._use(await asyncio.to_thread(self._due if self._days else self._load))

    def _load(self) -> KeyRing:
        return load_ring(self._store, self._box)

    def _due(self) -> KeyRing:
        after = self._days * DAY
        return rotate_if_due(self._store, self._box, self._now(), self.tokens.seconds, after)

    def _use(self, ring: KeyRing) -> None:
        if ring.current.kid != self.tokens.ring.current.kid:
            log.info("token_keys_rotated", kid=ring.current.kid)
        self.tokens.ring = ring
        self._read_at = self._now()
