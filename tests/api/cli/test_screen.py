"""Several models speak at once; one text at a time is shown, whole, with its line right under it."""

import pytest
from rich.console import Console

from api.cli import look
from api.cli.telling import screen, typist
from api.cli.telling.screen import Screen


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    made = Console(theme=look.THEME, width=110, record=True, force_terminal=False)
    for module in (screen, typist):
        monkeypatch.setattr(module, "out", made)
    return made


def shown(console: Console) -> list[str]:
    """Lines without their seconds."""
    return [line.rsplit("  ", 1)[0].strip() if " s" in line[-3:] else line.strip() for line in lines(console)]


def lines(console: Console) -> list[str]:
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_texts_that_come_at_once_are_not_mixed(console: Console) -> None:
    made = Screen()
    made.heard("a", "The ")
    made.heard("b", "Bees ")
    made.line("*", "c", "noted")
    made.heard("a", "sea ")
    made.ended("*", "b", "done", "Bees hum.")
    made.ended("*", "a", "done", "The sea rises.")
    assert shown(console) == [
        "│ The sea rises.",
        "* a         done",
        "* c         noted",
        "│ Bees hum.",
        "* b         done",
    ]


def test_a_text_that_is_taken_up_late_is_shown_from_its_start(console: Console) -> None:
    made = Screen()
    made.heard("a", "The sea.")
    made.heard("b", "Bees ")
    made.ended("*", "a", "done", "The sea.")
    made.heard("b", "hum")
    made.ended("*", "b", "done", "Bees hum.")
    assert shown(console) == ["│ The sea.", "* a         done", "│ Bees hum.", "* b         done"]


def test_what_was_not_streamed_is_shown_at_the_end(console: Console) -> None:
    Screen().ended("*", "a", "done", "All of it.")
    assert shown(console) == ["│ All of it.", "* a         done"]


def test_a_long_note_is_cut(console: Console) -> None:
    Screen().line("*", "a", "x" * 200)
    (line,) = lines(console)
    assert len(line) < 100 and "…" in line
