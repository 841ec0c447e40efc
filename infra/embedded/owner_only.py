"""Files with secrets in them: readable by their owner only, from the first byte on."""

import os
from pathlib import Path

MODE = 0o600


def write(file: Path, text: str) -> None:
    """Never seen half written."""
    draft = file.with_name(f".{file.name}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
    with os.fdopen(handle, "w") as opened:
        opened.write(text)
    draft.replace(file)
