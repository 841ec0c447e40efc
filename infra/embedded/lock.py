"""One supervisor per data folder. The kernel drops the lock when its holder dies, however it dies."""

import fcntl
import json
import os
from pathlib import Path
from typing import TextIO

from infra.embedded.errors import AlreadyRunning


class DataLock:
    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "lock"
        self.file: TextIO | None = None

    def acquire(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # "a+" because opening must not empty what the present holder wrote.
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, url = read_holder(file)
            file.close()
            raise AlreadyRunning(pid, url, self.path.parent) from None
        self.file = file
        self.tell(None)

    def tell(self, url: str | None) -> None:
        """Write down who holds the lock and where it can be reached."""
        if self.file is not None:
            self.file.truncate(0)
            self.file.write(json.dumps({"pid": os.getpid(), "url": url}))
            self.file.flush()

    def release(self) -> None:
        """The file stays: removing it would let two holders lock two different files."""
        if self.file is not None:
            self.file.truncate(0)
            self.file.close()
            self.file = None


def read_holder(file: TextIO) -> tuple[int, str | None]:
    file.seek(0)
    try:
        holder = json.loads(file.read())
    except ValueError:
        # Caught between taking the lock and writing it down.
        return 0, None
    return holder["pid"], holder["url"]


def holder(data_dir: Path) -> tuple[int, str | None] | None:
    """Who runs in this folder, pid and address; None when nobody does."""
    try:
        file = (data_dir / "lock").open()
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return read_holder(file)
        return None
