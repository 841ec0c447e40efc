from pathlib import Path
from uuid import UUID

import pytest

from api.cli.errors import Refused
from api.cli.kept_mail import show_all, show_one
from infra.mail.assembled import mailer
from infra.settings import Settings
from tests.support.letters import LINK, mail


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


async def test_letters_are_listed_and_shown(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    for number, name in ((1, "ada"), (2, "eve")):
        kept = mail(letter_id=UUID(int=number << 100), to=f"{name}@people.example")
        await mailer(settings).send(kept)
    show_all(settings)
    listed = capsys.readouterr().out
    assert listed.index("eve@people.example") < listed.index("ada@people.example")
    show_one(settings, str(UUID(int=1 << 100))[:8])
    shown = capsys.readouterr().out
    assert LINK in shown and "123456" in shown and "eve" not in shown


@pytest.mark.parametrize(("beginning", "told"), [("x", "no letter"), ("0", "several letters")])
async def test_a_letter_that_is_not_named_well(settings: Settings, beginning: str, told: str) -> None:
    for number in (1, 2):
        await mailer(settings).send(mail(letter_id=UUID(int=number)))
    with pytest.raises(Refused, match=told):
        show_one(settings, beginning)


def test_none_are_kept(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    show_all(settings)
    assert "no letters" in capsys.readouterr().out
