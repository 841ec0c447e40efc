"""How many tenants are at work: with several, batches are small, and whoever comes next waits for less."""

from collections import OrderedDict

LATELY_SECONDS = 1.0


class Company:
    def __init__(self) -> None:
        self._last: OrderedDict[str, float] = OrderedDict()
        """By tenant: when they were here last, the longest ago first."""

    def came(self, tenant: str, now: float) -> None:
        self._last[tenant] = now
        self._last.move_to_end(tenant)

    def size(self, now: float) -> int:
        while self._last and next(iter(self._last.values())) < now - LATELY_SECONDS:
            self._last.popitem(last=False)
        return len(self._last)
