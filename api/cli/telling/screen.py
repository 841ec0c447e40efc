"""One line after the other, and one text at a time, though many are said at once."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.markup import escape

from api.cli.look import out
from api.cli.telling.typist import Typist

MARGIN = "   │ "
WIDTH = 92
NOTE, NAME = 68, 9


@dataclass
class Screen:
    """While a text is being typed, lines and other texts wait for its end."""

    name_width: int = NAME
    began: float = field(default_factory=time.monotonic)
    _said: dict[str, str] = field(default_factory=dict)
    _typing: str | None = None
    _held: list[Callable[[], None]] = field(default_factory=list)
    _typist: Typist = field(default_factory=lambda: Typist(MARGIN, WIDTH))

    def line(self, mark: str, name: str, note: str) -> None:
        seconds = time.monotonic() - self.began
        self._in_turn(lambda: self._print(mark, name, note, seconds))

    def heard(self, name: str, text: str) -> None:
        """A piece of what a model says."""
        said = self._said[name] = self._said.get(name, "") + text
        if self._typing == name:
            self._typist.type(text)
        elif self._typing is None:
            self._typing = name
            self._typist.type(said)

    def ended(self, mark: str, name: str, note: str, whole: str | None) -> None:
        """The line after what was heard of it. `whole`: all it said, in case not every piece came here."""
        said = self._said.pop(name, "")
        text = said if whole is None or not whole.startswith(said) else whole
        seconds = time.monotonic() - self.began

        def tell(text: str) -> None:
            self._type(text)
            self._print(mark, name, note, seconds)

        if self._typing != name:
            self._in_turn(lambda: tell(text))
            return
        tell(text[len(said) :])
        self._typing = None
        self._release()

    def _type(self, text: str) -> None:
        self._typist.type(text)
        self._typist.end()

    def _in_turn(self, what: Callable[[], None]) -> None:
        if self._typing is None:
            what()
        else:
            self._held.append(what)

    def _release(self) -> None:
        held, self._held = self._held, []
        for what in held:
            what()

    def _print(self, mark: str, name: str, note: str, seconds: float) -> None:
        note = note if len(note) <= NOTE else note[: NOTE - 1] + "…"
        text = f"   {mark} [name]{escape(f'{name:<{self.name_width}}')}[/] {escape(f'{note:<{NOTE}}')}"
        out.print(f"{text} [quiet]{seconds:5.1f} s[/]", soft_wrap=True)
