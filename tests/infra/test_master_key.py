import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from bus.prepare import prepare
from infra.crypto.key_rows import PostgresKeyStore
from infra.crypto.keys import load_ring, rotate
from infra.crypto.master_key import key_in, master_key
from infra.crypto.secrets import SecretBox, UnreadableSecret
from infra.settings import Settings
from tests.support.servers import FreshDatabase


def test_a_key_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    key = master_key(settings)
    file = settings.data_dir / "master.key"
    assert master_key(settings) == key == file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in settings.data_dir.iterdir()] == ["master.key"]
    SecretBox([key])


def test_a_key_in_the_settings_wins(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("mine"))
    assert master_key(settings) == "mine"
    assert list(tmp_path.iterdir()) == []


def test_those_who_start_together_share_a_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(key_in, [tmp_path / "key"] * 8))) == 1


async def test_a_key_ring_in_postgres_is_shared_and_rotates(fresh_database: FreshDatabase) -> None:
    url = fresh_database("key_rows")
    await prepare(url)
    store, box = PostgresKeyStore(url), SecretBox(["master"])
    ring = load_ring(store, box)
    assert load_ring(PostgresKeyStore(url), box).current.kid == ring.current.kid
    assert load_ring(PostgresKeyStore(url, "other"), box).current.kid != ring.current.kid
    later = ring.made_at + 3600
    assert rotate(store, box, later, 600).current.kid == ring.next.kid
    assert load_ring(store, box).current.kid == ring.next.kid
    with pytest.raises(UnreadableSecret):
        load_ring(store, SecretBox(["another"]))
