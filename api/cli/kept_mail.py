"""`hb mail`."""

from pathlib import Path

from rich.markup import escape

from api.cli.errors import Refused
from api.cli.look import TICK, out, table
from infra.mail.assembled import FOLDER
from infra.mail.kept import files, read, text_of
from infra.settings import Settings

SHOWN = 30


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


def named(folder: Path, beginning: str) -> Path:
    found = [file for file in files(folder) if file.stem.startswith(beginning)]
    if len(found) != 1:
        problem = "there is no letter" if not found else "there are several letters"
        raise Refused(f"{problem} {beginning}.", "`./justw hb mail list` lists them.")
    return found[0]
