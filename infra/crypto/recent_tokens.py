"""Tokens that were verified a moment ago: the next request of the same page need not prove it again."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from infra.crypto.tokens import Tokens, Verified
from schemas.envelope import Actor

KEPT_SECONDS = 30.0
"""How long a signature is believed after its key was withdrawn."""

MOST_KEPT = 10_000


class RecentTokens:
    """Issues and reads as `tokens` does. What a token says of standing is asked by whoever reads it."""

    def __init__(self, tokens: Tokens, now: Callable[[], float] = time.time) -> None:
        self._tokens, self._now = tokens, now
        self._known: OrderedDict[str, tuple[float, Verified]] = OrderedDict()

    @property
    def seconds(self) -> int:
        return self._tokens.seconds

    def issue(self, actor: Actor, seconds: int | None = None) -> str:
        return self._tokens.issue(actor, seconds)

    def jwks(self) -> dict[str, Any]:
        return self._tokens.jwks()

    def read(self, token: str) -> Verified:
        """Raises BadToken, or its kind ExpiredToken."""
        now = self._now()
        until, verified = self._known.get(token, (0.0, None))
        if verified is None or now >= until:
            verified = self._tokens.read(token)
            self._known[token] = min(now + KEPT_SECONDS, verified.expires), verified
            self._known.move_to_end(token)
            if len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return verified
