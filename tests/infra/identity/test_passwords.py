from datetime import timedelta
from uuid import uuid4

import pytest

from infra.crypto.passwords import Passwords, TooBusy
from infra.identity.passwords import PasswordStore, PostgresPasswords, password_is
from infra.identity.pool import Pool
from schemas.base import UserId
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.passwords import MemoryPasswords

WEAK = Passwords(memory_kib=64, passes=1)
STRONGER = Passwords(memory_kib=128, passes=2)
SECRET = "four words one sentence"


@pytest.fixture
def store(kind: str, pool: Pool, clock: FakeClock) -> PasswordStore:
    return MemoryPasswords(clock) if kind == "memory" else PostgresPasswords(pool, clock)


@pytest.fixture
def anna() -> UserId:
    return UserId(uuid4())


async def test_a_password_is_its_owners(store: PasswordStore, anna: UserId) -> None:
    await store.set(anna, await WEAK.hash(SECRET))
    assert await password_is(store, WEAK, anna, SECRET)
    assert not await password_is(store, WEAK, anna, SECRET + "!")
    assert not await password_is(store, WEAK, UserId(uuid4()), SECRET)
    assert not await password_is(store, WEAK, None, SECRET)


async def test_a_new_password_takes_the_place_of_the_old(
    store: PasswordStore, anna: UserId, clock: FakeClock
) -> None:
    await store.set(anna, await WEAK.hash(SECRET))
    clock.advance(timedelta(days=1))
    await store.set(anna, await WEAK.hash("another sentence of four"))
    assert not await password_is(store, WEAK, anna, SECRET)
    stored = await store.get(anna)
    assert stored and stored.changed_at == clock.now


async def test_who_signs_in_gets_todays_hash_and_keeps_the_password(
    store: PasswordStore, anna: UserId, clock: FakeClock
) -> None:
    await store.set(anna, await WEAK.hash(SECRET))
    changed_at = clock.now
    clock.advance(timedelta(days=1))
    assert not await password_is(store, STRONGER, anna, "wrong")
    before = await store.get(anna)
    assert before and STRONGER.needs_rehash(before.hash)
    assert await password_is(store, STRONGER, anna, SECRET)
    after = await store.get(anna)
    assert after and "m=128,t=2" in after.hash and after.changed_at == changed_at
    assert await password_is(store, STRONGER, anna, SECRET)
    assert await store.get(anna) == after


async def test_a_password_that_was_changed_meanwhile_is_not_put_back(
    store: PasswordStore, anna: UserId
) -> None:
    old = await WEAK.hash(SECRET)
    await store.set(anna, await WEAK.hash("the newer one of the two"))
    await store.improve(anna, old, await STRONGER.hash(SECRET))
    assert await password_is(store, STRONGER, anna, "the newer one of the two")


async def test_a_busy_hasher_leaves_the_old_hash(store: PasswordStore, anna: UserId) -> None:
    class Busy(Passwords):
        async def hash(self, password: str) -> str:
            raise TooBusy

    await store.set(anna, await WEAK.hash(SECRET))
    before = await store.get(anna)
    assert await password_is(store, Busy(memory_kib=128, passes=1), anna, SECRET)
    assert await store.get(anna) == before


async def test_a_password_is_removed_once(store: PasswordStore, anna: UserId) -> None:
    await store.set(anna, await WEAK.hash(SECRET))
    assert await store.remove(anna)
    assert not await store.remove(anna)
    assert not await password_is(store, WEAK, anna, SECRET)


async def test_a_first_password_does_not_replace_one(store: PasswordStore, anna: UserId) -> None:
    await store.create(anna, await WEAK.hash(SECRET))
    await store.create(anna, await WEAK.hash("somebody else's attempt"))
    assert await password_is(store, WEAK, anna, SECRET)
