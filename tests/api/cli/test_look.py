from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from api.cli import look
from api.cli.endpoints import find, forget, remember
from api.cli.errors import NothingRuns
from api.cli.steps import Steps
from api.cli.telling import typist as typing_aloud
from infra.embedded.backends import Endpoints
from infra.embedded.lock import DataLock
from infra.settings import Settings

HERE = Endpoints("postgresql://db/x", "nats://n", "http://m", None)


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    made = Console(theme=look.THEME, width=110, record=True, force_terminal=False)
    monkeypatch.setattr(typing_aloud, "out", made)
    return made


def test_text_is_broken_between_words_however_it_comes(console: Console) -> None:
    typist = typing_aloud.Typist("| ", 12)
    for piece in ("The farm", "er has n", "ot mown it.\n\nBees", " [bold] are back"):
        typist.type(piece)
    typist.end()
    lines = [line.rstrip() for line in console.export_text().splitlines()]
    assert lines == ["| The farmer", "| has not mown", "| it.", "| Bees [bold]", "| are back"]


@pytest.mark.parametrize(
    ("amount", "shown"), [("0.10", "0.1"), ("0E-12", "0"), ("100", "100"), ("0.0000380100", "0.00003801")]
)
def test_amounts_are_shown_exactly(amount: str, shown: str) -> None:
    assert look.plain(Decimal(amount)) == shown


def test_amounts_of_a_column_line_up() -> None:
    amounts = [Decimal("0.5"), Decimal("0.0125"), Decimal(3)]
    assert [look.usd(a, look.places(amounts)) for a in amounts] == [
        f"[money]${text}[/]" for text in ("0.5000", "0.0125", "3.0000")
    ]


def test_off_a_terminal_each_step_is_one_line_when_it_has_ended() -> None:
    console = Console(theme=look.THEME, width=80, record=True, force_terminal=False)
    steps = Steps(console)
    with steps.shown():
        with steps.step("Postgres", "embedded"):
            pass
        with pytest.raises(ValueError), steps.step("NATS"):
            raise ValueError
    first, second = console.export_text().splitlines()
    assert first.split() == ["✓", "Postgres", "0.0", "s", "embedded"]
    assert second.split() == ["✗", "NATS", "0.0", "s"]


def test_what_runs_is_found_while_somebody_holds_the_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    lock = DataLock(tmp_path)
    lock.acquire()
    remember(tmp_path, HERE)
    assert (tmp_path / "endpoints.json").stat().st_mode & 0o077 == 0
    assert find(settings) == HERE
    assert find(Settings(data_dir=tmp_path, nats_url="nats://mine")).nats_url == "nats://mine"
    lock.release()
    with pytest.raises(NothingRuns):
        find(settings)
    forget(tmp_path)
    forget(tmp_path)


def test_settings_alone_are_enough(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://db/x", nats_url="nats://n")
    assert find(settings) == Endpoints("postgresql://db/x", "nats://n", None, None)
