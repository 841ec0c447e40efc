"""How a story is told: numbered sections, short sentences, requests in grey."""

from urllib.parse import unquote

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from api.cli.look import TICK, out

INDENT = "   "
LEFT = (0, 0, 0, len(INDENT))
SHORT = 70


class Voice:
    def __init__(self) -> None:
        self._section = 0

    def section(self, title: str) -> None:
        self._section += 1
        out.print(f"\n[name]{self._section}  {title}[/]")

    def say(self, sentence: str) -> None:
        out.print(Padding(sentence, LEFT, expand=False))

    def say_on(self, day: str, sentence: str) -> None:
        """In a story of many days."""
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_row(f"[quiet]{day}[/]", sentence)
        out.print(Padding(line, LEFT, expand=False))

    def done(self, sentence: str) -> None:
        out.print(f"{INDENT}{TICK} {sentence}")

    def called(self, method: str, path: str, status: int, seconds: float) -> None:
        path = unquote(path)
        shown = path if len(path) <= SHORT else path[: SHORT - 1] + "…"
        text = f"{method:<4} {escape(shown):<{SHORT}} {status} {seconds * 1000:6.0f} ms"
        out.print(f"{INDENT}[quiet]{text}[/]", soft_wrap=True)
