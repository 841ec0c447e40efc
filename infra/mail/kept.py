"""Where no server is set up, letters are kept in a folder and shown to who runs the platform."""

import asyncio
import os
import sys
from collections.abc import Collection
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

from infra.mail.message import message_of
from schemas.notifications.types import Mail

MOST_KEPT = 500


class KeptMail:
    """One file for each letter, readable by its owner only. The oldest make way for new ones."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    async def send(self, mail: Mail) -> None:
        message = message_of(mail, self._sender)
        await asyncio.to_thread(keep, self._folder, str(mail.letter_id), message)
        print(box(message), file=sys.stderr, flush=True)

    async def forget(self, letters: Collection[UUID]) -> int:
        """How many of them were kept."""
        return await asyncio.to_thread(dropped, [self._folder / f"{letter}.eml" for letter in letters])


def dropped(wanted: Collection[Path]) -> int:
    there = [file for file in wanted if file.exists()]
    for file in there:
        file.unlink(missing_ok=True)
    return len(there)


def keep(folder: Path, name: str, message: EmailMessage) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f".{name}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(message.as_bytes())
    fresh.replace(folder / f"{name}.eml")
    for old in files(folder)[MOST_KEPT:]:
        old.unlink(missing_ok=True)


def files(folder: Path) -> list[Path]:
    """The newest first."""
    found = [(file.stat().st_mtime_ns, file) for file in folder.glob("*.eml")]
    return [file for _, file in sorted(found, reverse=True)]


def read(file: Path) -> EmailMessage:
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


def box(message: EmailMessage) -> str:
    lines = [
        f"to       {message['To']}",
        f"subject  {message['Subject']}",
        "",
        *text_of(message).splitlines(),
    ]
    return "\n".join(["╭─ letter (no mail server is set up)", *(f"│ {line}" for line in lines), "╰─"])
