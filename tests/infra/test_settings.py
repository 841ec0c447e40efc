import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra import docs
from infra.settings import Settings, child_environment, load

READS = re.compile(r"os\.environ|getenv\(")


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_settings_page_is_up_to_date() -> None:
    assert docs.FILE.read_text() == docs.page(), "run ./justw docs"


def test_only_the_settings_read_the_environment() -> None:
    root = Path(docs.__file__).parents[1]
    folders = [root / name for name in ("api", "bus", "contexts", "infra", "projections", "schemas")]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    assert [file.name for file in files if READS.search(file.read_text())] == ["settings.py"]


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HB_API_PORT", "0")
    monkeypatch.setenv("HB_DATABASE_URL", "")
    assert load().api_port == 0
    assert load().database_url is None


def test_a_child_gets_changed_settings_and_the_rest_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HB_LOG_LEVEL", "DEBUG")
    environment = child_environment({"nats_url": "nats://n"})
    assert (environment["HB_NATS_URL"], environment["HB_LOG_LEVEL"]) == ("nats://n", "DEBUG")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().api_port = 1  # type: ignore[misc]


def test_secrets_do_not_show() -> None:
    assert "sk-1" not in repr(Settings.model_validate({"openai_api_key": "sk-1", "secret_key": "sk-1"}))
