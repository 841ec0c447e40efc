"""A ZIP archive that leaves as it is made: nothing but the part under way is in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


class Outflow:
    """A file that is written to and cannot be read or rewound; `taken` empties it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


class ZipStream:
    def __init__(self, at: datetime) -> None:
        self._flow = Outflow()
        self._zip = ZipFile(self._flow, "w", ZIP_DEFLATED)  # type: ignore[call-overload]
        self._at = at.timetuple()[:6]

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        info = ZipInfo(name, self._at)
        info.compress_type = ZIP_DEFLATED
        with self._zip.open(info, "w", force_zip64=True) as file:
            yield file

    def taken(self) -> bytes:
        """What is ready to leave."""
        return self._flow.taken()

    def end(self) -> bytes:
        self._zip.close()
        return self._flow.taken()
