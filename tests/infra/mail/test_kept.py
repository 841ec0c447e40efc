"""Letters where no server is set up: kept, shown, bounded."""

from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from infra.mail import kept
from infra.mail.assembled import mailer
from infra.mail.kept import KeptMail
from infra.mail.smtp import SmtpMailer
from infra.settings import Settings
from tests.support.letters import LINK, mail


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


async def test_a_letter_is_kept_and_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await KeptMail(folder, "no-reply@app.example").send(mail())
    (file,) = kept.files(folder)
    message = kept.read(file)
    assert message["To"] == "ada@people.example"
    assert LINK in kept.text_of(message)
    shown = capsys.readouterr().err
    assert "123456" in shown and "ada@people.example" in shown


async def test_it_is_for_its_owner_only(folder: Path) -> None:
    await KeptMail(folder, "no-reply@app.example").send(mail())
    assert [mode_for_others(path) for path in (folder, *kept.files(folder))] == [0, 0]


def mode_for_others(path: Path) -> int:
    return path.stat().st_mode & 0o077


async def test_the_same_letter_is_kept_once_and_the_oldest_make_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 3)
    mailer = KeptMail(folder, "no-reply@app.example")
    for number in (1, 2, 2, 3, 4, 5):
        await mailer.send(mail(letter_id=UUID(int=number)))
    assert [file.stem for file in kept.files(folder)] == [str(UUID(int=number)) for number in (5, 4, 3)]


def test_the_settings_choose() -> None:
    assert isinstance(mailer(Settings()), KeptMail)
    assert isinstance(mailer(Settings(smtp_url=SecretStr("smtps://mail.example.com"))), SmtpMailer)
