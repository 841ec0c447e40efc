from datetime import timedelta
from uuid import uuid4

import pytest

from api.key_uses import KeyUseStore
from infra.identity.key_uses import KeyUse, PostgresKeyUses
from infra.identity.pool import Pool
from tests.api.fake_teams import MemoryKeyUses
from tests.support.builders import NOW


@pytest.fixture
def store(kind: str, pool: Pool) -> KeyUseStore:
    return MemoryKeyUses() if kind == "memory" else PostgresKeyUses(pool)


async def test_the_last_use_of_each_key_is_known(store: KeyUseStore) -> None:
    one, other, unused = uuid4(), uuid4(), uuid4()
    await store.note([KeyUse(one, NOW, "10.0.0.1"), KeyUse(other, NOW, "10.0.0.2")])
    later = KeyUse(one, NOW + timedelta(minutes=1), "::1")
    await store.note([later])
    assert await store.read([one, other, unused]) == {one: later, other: KeyUse(other, NOW, "10.0.0.2")}


async def test_a_process_that_is_late_changes_nothing(store: KeyUseStore) -> None:
    key = uuid4()
    use = KeyUse(key, NOW, "10.0.0.1")
    await store.note([use])
    await store.note([KeyUse(key, NOW - timedelta(minutes=1), "10.0.0.9")])
    assert await store.read([key]) == {key: use}
