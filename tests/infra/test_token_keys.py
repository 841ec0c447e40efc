"""Keys of access tokens: published before they sign, kept while their tokens live, the same everywhere."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.adapters.every import every
from api.adapters.token_keys import DAY, SELDOM_SECONDS, TokenKeys
from api.submit import until
from bus.prepare import prepare
from infra.crypto.key_rows import PostgresKeyStore
from infra.crypto.keys import (
    CACHED_SECONDS,
    RELOAD_SECONDS,
    Change,
    TooEarly,
    load_ring,
    rotate,
    rotate_if_due,
    soonest,
    start_over,
)
from infra.crypto.secrets import SecretBox
from infra.crypto.tokens import Tokens, UnknownKey
from schemas.access import Role
from schemas.envelope import Actor
from tests.support.servers import FreshDatabase

BOX = SecretBox(["master"])
LIFE = 600.0
START = 1_800_000_000.0
ANNA = Actor(kind="user", id="7d3e8a51-64c2-4c1b-8a7e-2b9f5c0d1e44", role=Role.TENANT_VIEWER)


class MemoryKeyStore:
    def __init__(self) -> None:
        self.sealed: bytes | None = None
        self.read_times = 0

    def read(self) -> bytes | None:
        self.read_times += 1
        return self.sealed

    def create(self, sealed: bytes) -> bytes:
        self.sealed = self.sealed or sealed
        return self.sealed

    def change(self, change: Change) -> bytes:
        assert self.sealed is not None
        self.sealed = change(self.sealed)
        return self.sealed


class Process:
    """One of several that verify and sign."""

    def __init__(self, store: MemoryKeyStore, now: Callable[[], float], days: int = 0) -> None:
        self.tokens = Tokens(load_ring(store, BOX, now()), now=now)
        self.keys = TokenKeys(self.tokens, store, BOX, days, now)


def test_a_ring_lies_encrypted_and_is_made_once() -> None:
    store = MemoryKeyStore()
    first = load_ring(store, BOX, START)
    assert load_ring(store, BOX, START + 1).current.kid == first.current.kid
    assert b"kid" not in (store.sealed or b"")


@pytest.mark.parametrize("life", [600.0, 3600.0])
def test_the_next_key_signs_when_all_have_seen_it_and_old_tokens_are_over(life: float) -> None:
    store = MemoryKeyStore()
    first = load_ring(store, BOX, START)
    wait = soonest(life)
    assert wait >= 2 * CACHED_SECONDS + RELOAD_SECONDS
    assert wait >= life
    with pytest.raises(TooEarly):
        rotate(store, BOX, START + wait - 1, life)
    second = rotate(store, BOX, START + wait, life)
    assert (second.current.kid, second.previous[0].kid) == (first.next.kid, first.current.kid)
    with pytest.raises(TooEarly) as early:
        rotate(store, BOX, START + wait + 1, life)
    assert early.value.seconds == wait - 1


def test_it_is_rotated_when_it_is_due() -> None:
    store = MemoryKeyStore()
    first = load_ring(store, BOX, START)
    month = 30 * DAY
    assert rotate_if_due(store, BOX, START + month - 1, LIFE, month).current.kid == first.current.kid
    assert rotate_if_due(store, BOX, START + month, LIFE, month).current.kid == first.next.kid


async def test_keys_that_were_seen_are_good_for_nothing() -> None:
    store, clock = MemoryKeyStore(), [START]
    process = Process(store, lambda: clock[0])
    forged = process.tokens.issue(ANNA)
    start_over(store, BOX, START)
    await process.keys.tend()
    with pytest.raises(UnknownKey):
        process.tokens.verify(forged)
    assert process.tokens.verify(process.tokens.issue(ANNA)).id == ANNA.id


async def test_of_many_processes_one_rotates(fresh_database: FreshDatabase) -> None:
    url = fresh_database("token_keys")
    await prepare(url)
    first = load_ring(PostgresKeyStore(url), BOX, START)

    def due(_: int) -> str:
        kid = rotate_if_due(PostgresKeyStore(url), BOX, START + 30 * DAY, LIFE, 30 * DAY).current.kid
        assert isinstance(kid, str)
        return kid

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(due, range(8)))
    assert found == {first.next.kid}
    with pytest.raises(LookupError):
        PostgresKeyStore(url, "unknown").change(lambda sealed: sealed)


async def test_a_process_learns_of_a_new_key_from_the_first_token_it_signs() -> None:
    """Even one that slept through the whole time in which it was published."""
    store, clock = MemoryKeyStore(), [START]
    now = lambda: clock[0]  # noqa: E731
    signer, asleep = Process(store, now), Process(store, now)
    for _ in range(2):
        clock[0] += soonest(LIFE)
        rotate(store, BOX, clock[0], LIFE)
    await signer.keys.tend()
    token = signer.tokens.issue(ANNA)
    with pytest.raises(UnknownKey):
        asleep.tokens.verify(token)
    await asleep.keys.reload()
    assert asleep.tokens.verify(token).id == ANNA.id


async def test_made_up_keys_make_nobody_read_often() -> None:
    store, clock = MemoryKeyStore(), [START]
    process = Process(store, lambda: clock[0])
    before = store.read_times
    await asyncio.gather(*(process.keys.reload() for _ in range(100)))
    assert store.read_times == before + 1
    clock[0] += SELDOM_SECONDS
    await process.keys.reload()
    assert store.read_times == before + 2


@pytest.mark.parametrize(("days", "rotated"), [(30, True), (0, False)])
async def test_a_process_tends_its_keys(days: int, rotated: bool) -> None:
    store, clock = MemoryKeyStore(), [START]
    process = Process(store, lambda: clock[0], days)
    token = process.tokens.issue(ANNA)
    first = process.tokens.ring.current.kid
    clock[0] += 30 * DAY
    await process.keys.tend()
    assert (process.tokens.ring.current.kid != first) is rotated
    clock[0] -= 30 * DAY
    assert process.tokens.verify(token).id == ANNA.id, "who is signed in stays signed in"


class Flaky(MemoryKeyStore):
    """Away at the second read: the first is the start's."""

    def read(self) -> bytes | None:
        sealed = super().read()
        if self.read_times == 2:
            raise ConnectionError("no database")
        return sealed


async def test_a_store_that_is_away_is_asked_again() -> None:
    store = Flaky()
    process = Process(store, lambda: START)
    first = process.tokens.ring

    async def noticed() -> bool:
        return process.tokens.ring is not first

    async with every(0.001, process.keys.tend, "token keys"):
        assert await until(noticed, 5)
    assert store.read_times > 2
