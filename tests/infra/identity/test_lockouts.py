import asyncio
from datetime import timedelta
from ipaddress import IPv4Address
from itertools import count
from uuid import uuid4

import pytest

from infra.identity.lockouts import Attempt, LockedOut, Lockouts, PostgresLockouts, origin
from infra.identity.pool import Pool
from tests.infra.identity.conftest import MASTERS
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.lockouts import MemoryLockouts

ADDRESSES = count(int(IPv4Address("10.0.0.0")))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lockouts(kind: str, pool: Pool, clock: FakeClock) -> Lockouts:
    return MemoryLockouts(clock) if kind == "memory" else PostgresLockouts(pool, MASTERS, clock)


@pytest.fixture
def anna() -> str:
    return uuid4().hex


def somewhere() -> str:
    return str(IPv4Address(next(ADDRESSES)))


async def failed(lockouts: Lockouts, account: str, times: int) -> list[Attempt]:
    """From another address each time."""
    return [await lockouts.attempt(account, somewhere()) for _ in range(times)]


async def test_the_more_failures_the_longer_one_waits(lockouts: Lockouts, anna: str) -> None:
    delays = [attempt.delay for attempt in await failed(lockouts, anna, 20)]
    assert delays == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5


async def test_twenty_failures_lock_an_account_for_a_while(
    lockouts: Lockouts, anna: str, clock: FakeClock
) -> None:
    attempts = await failed(lockouts, anna, 20)
    assert [attempt.last for attempt in attempts] == [False] * 19 + [True]
    clock.advance(5 * MINUTE)
    with pytest.raises(LockedOut) as caught:
        await lockouts.attempt(anna, somewhere())
    assert (caught.value.of, caught.value.retry_after_seconds) == ("account", 600)
    clock.advance(9 * MINUTE)
    with pytest.raises(LockedOut):
        await lockouts.attempt(anna, somewhere())
    clock.advance(MINUTE)
    assert await lockouts.attempt(anna, somewhere()) == Attempt(0)


async def test_trying_on_does_not_make_a_lock_longer(lockouts: Lockouts, anna: str, clock: FakeClock) -> None:
    await failed(lockouts, anna, 20)
    for _ in range(14):
        clock.advance(MINUTE)
        with pytest.raises(LockedOut):
            await lockouts.attempt(anna, somewhere())
    clock.advance(MINUTE)
    assert await lockouts.attempt(anna, somewhere())


async def test_who_gets_in_is_no_guesser(lockouts: Lockouts, anna: str) -> None:
    home = somewhere()
    for _ in range(3):
        await failed(lockouts, anna, 19)
        assert (await lockouts.attempt(anna, home)).last
        await lockouts.passed(anna, home)
    assert await lockouts.attempt(anna, home) == Attempt(0)


async def test_old_failures_are_forgotten(lockouts: Lockouts, anna: str, clock: FakeClock) -> None:
    await failed(lockouts, anna, 19)
    clock.advance(15 * MINUTE)
    assert await lockouts.attempt(anna, somewhere()) == Attempt(0)
    assert not any(attempt.last for attempt in await failed(lockouts, anna, 18))


async def test_an_account_is_unlocked_by_its_owner(lockouts: Lockouts, anna: str) -> None:
    await failed(lockouts, anna, 20)
    await lockouts.unlock(anna)
    assert await lockouts.attempt(anna, somewhere()) == Attempt(0)


async def test_accounts_are_locked_one_by_one(lockouts: Lockouts, anna: str) -> None:
    await failed(lockouts, anna, 20)
    assert await lockouts.attempt(uuid4().hex, somewhere()) == Attempt(0)


async def test_one_address_tries_many_accounts_for_a_while(lockouts: Lockouts, clock: FakeClock) -> None:
    home = somewhere()
    delays = [(await lockouts.attempt(uuid4().hex, home)).delay for _ in range(200)]
    assert (delays[24], delays[25], delays[-1]) == (0, 1, 7)
    with pytest.raises(LockedOut) as caught:
        await lockouts.attempt(uuid4().hex, home)
    assert caught.value.of == "address"
    assert await lockouts.attempt(uuid4().hex, somewhere()) == Attempt(0)
    clock.advance(15 * MINUTE)
    assert await lockouts.attempt(uuid4().hex, home) == Attempt(0)


async def test_an_office_where_people_sign_in_is_not_locked(lockouts: Lockouts) -> None:
    office = somewhere()
    for _ in range(30):
        account = uuid4().hex
        assert (await lockouts.attempt(account, office)).delay == 0
        await lockouts.passed(account, office)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("nonsense", "", True),
    ],
)
def test_an_address_stands_for_its_network(one: str, other: str, same: bool) -> None:
    assert (origin(one) == origin(other)) is same


async def test_guessing_at_once_is_counted_over_all_processes(
    pool: Pool, anna: str, clock: FakeClock
) -> None:
    processes = [PostgresLockouts(pool, MASTERS, clock) for _ in range(4)]
    tries = [processes[n % 4].attempt(anna, somewhere()) for n in range(40)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    passed = [answer for answer in answers if isinstance(answer, Attempt)]
    assert len(passed) == 20
    assert sorted(attempt.delay for attempt in passed) == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5
    assert {type(answer) for answer in answers if answer not in passed} == {LockedOut}


async def test_a_locked_address_makes_no_rows(pool: Pool, clock: FakeClock) -> None:
    lockouts, home = PostgresLockouts(pool, MASTERS, clock), somewhere()
    for _ in range(200):
        await lockouts.attempt("the same", home)
        await lockouts.unlock("the same")
    before = await rows(pool)
    for _ in range(5):
        with pytest.raises(LockedOut):
            await lockouts.attempt(uuid4().hex, home)
    assert await rows(pool) == before


async def rows(pool: Pool) -> int:
    async with pool.connection() as conn:
        ((found,),) = await (await conn.execute("SELECT count(*) FROM vault.attempts")).fetchall()
    return int(found)
