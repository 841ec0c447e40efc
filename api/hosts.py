"""Which tenant a host names: a hint for people's eyes. It gives no right to anything."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from api.rows.people import TenantRow

FRESH_SECONDS = 5.0
REMEMBERED = 10_000

Find = Callable[[str], Awaitable[TenantRow | None]]


class Hosts:
    """Without a domain of ours no host names anybody."""

    def __init__(
        self, base_domain: str | None, find: Find, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._suffix = f".{base_domain.lower().strip('.')}" if base_domain else None
        self._find, self._now = find, now
        self._known: OrderedDict[str, tuple[float, TenantRow | None]] = OrderedDict()

    def subdomain_of(self, host: str) -> str | None:
        name = host.lower().rsplit(":", 1)[0].rstrip(".")
        if self._suffix is None or not name.endswith(self._suffix):
            return None
        subdomain = name.removesuffix(self._suffix)
        return subdomain if 0 < len(subdomain) <= 40 and "." not in subdomain else None

    async def tenant_at(self, host: str) -> TenantRow | None:
        """As it was at most five seconds ago."""
        subdomain = self.subdomain_of(host)
        if subdomain is None:
            return None
        at, known = self._known.get(subdomain, (float("-inf"), None))
        if self._now() - at < FRESH_SECONDS:
            return known
        found = await self._find(subdomain)
        self._known[subdomain] = self._now(), found
        self._known.move_to_end(subdomain)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found


async def nobody(subdomain: str) -> TenantRow | None:
    return None
