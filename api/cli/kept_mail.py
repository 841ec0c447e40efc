"""`hb mail`."""

import re
import time
from pathlib import Path

from rich.markup import escape

from api.cli.errors import Refused
from api.cli.look import TICK, out, table
from infra.mail.assembled import FOLDER
from infra.mail.kept import files, read, text_of
from infra.settings import Settings

SHOWN = 30
WAIT_SECONDS = 10.0


def show_all(settings: Settings) -> None:
    found = files(settings.data_dir / FOLDER)[:SHOWN]
    if not found:
        out.print(f"{TICK} no letters are kept here")
        return
    made = table("letter", "to", "subject")
    for file in found:
        message = read(file)
        made.add_row(file.stem, escape(str(message["To"])), escape(str(message["Subject"])))
    out.print(made)
    out.print("[quiet]`./justw hb mail show LETTER` shows one whole; its first characters are enough[/]")


def show_one(settings: Settings, beginning: str) -> None:
    message = read(named(settings.data_dir / FOLDER, beginning))
    for header in ("To", "From", "Date", "Subject"):
        out.print(f"[quiet]{header}[/] {escape(str(message[header]))}", soft_wrap=True)
    out.print()
    out.print(escape(text_of(message)), soft_wrap=True)


def show_link(settings: Settings, to: str, page: str | None) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while (found := newest_link(settings.data_dir / FOLDER, to, page)) is None:
        if time.monotonic() > deadline:
            raise Refused(f"no letter to {to} has such a link.", "`./justw hb mail list` lists them.")
        time.sleep(0.1)
    out.print(escape(found), soft_wrap=True, highlight=False)


def newest_link(folder: Path, to: str, page: str | None) -> str | None:
    """Of the newest letter to them that opens this page."""
    pattern = re.compile(rf"https?://\S+/{re.escape(page) if page else '[a-z-]+'}#[\w-]+")
    for file in files(folder)[:SHOWN]:
        message = read(file)
        if message["To"] == to and (link := pattern.search(text_of(message))):
            return link[0]
    return None


def named(folder: Path, beginning: str) -> Path:
    found = [file for file in files(folder) if file.stem.startswith(beginning)]
    if len(found) != 1:
        problem = "there is no letter" if not found else "there are several letters"
        raise Refused(f"{problem} {beginning}.", "`./justw hb mail list` lists them.")
    return found[0]
