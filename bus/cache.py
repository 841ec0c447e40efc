"""Folded states of the streams used last, also of those that are not there: bounded by their number and by
the bytes that went into them.
"""

from collections import OrderedDict

from bus.folded import NOTHING, Folded

STREAMS = 5_000
BYTES = 256 * 1024 * 1024
SHARE = 4
"""A stream that takes more than this part of the bytes is read again, from its snapshot if it has one."""


class Cache:
    def __init__(self, streams: int = STREAMS, size: int = BYTES) -> None:
        self._streams, self._size = streams, size
        self._kept: OrderedDict[str, Folded] = OrderedDict()
        self._bytes = 0

    def get(self, stream: str) -> Folded | None:
        """As it was when it was last read or written here; None: not known."""
        return self._kept.get(stream)

    def keep(self, stream: str, folded: Folded) -> None:
        self.drop(stream)
        if folded.size > self._size // SHARE:
            return
        self._kept[stream] = folded
        self._bytes += folded.size
        while len(self._kept) > self._streams or self._bytes > self._size:
            self.drop(next(iter(self._kept)))

    def drop(self, stream: str) -> None:
        self._bytes -= self._kept.pop(stream, NOTHING).size

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = 0
