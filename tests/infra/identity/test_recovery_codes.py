import asyncio
from uuid import uuid4

import pytest

from infra.identity.pool import Pool
from infra.identity.recovery_codes import PostgresRecoveryCodes, RecoveryCodes
from schemas.base import UserId
from tests.infra.identity.conftest import MASTERS
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.factors import MemoryRecoveryCodes


@pytest.fixture
def recovery(kind: str, pool: Pool, clock: FakeClock) -> RecoveryCodes:
    return MemoryRecoveryCodes() if kind == "memory" else PostgresRecoveryCodes(pool, MASTERS, clock)


@pytest.fixture
def anna() -> UserId:
    return UserId(uuid4())


async def test_ten_codes_are_good_once_each(recovery: RecoveryCodes, anna: UserId) -> None:
    codes = await recovery.renew(anna)
    assert len(set(codes)) == 10 == await recovery.left(anna)
    assert [await recovery.use(anna, code) for code in codes] == list(range(9, -1, -1))
    assert [await recovery.use(anna, code) for code in codes] == [None] * 10
    assert await recovery.left(anna) == 0


async def test_a_code_is_read_as_it_was_meant(recovery: RecoveryCodes, anna: UserId) -> None:
    first, second, *_ = await recovery.renew(anna)
    typed = first.upper().replace("0", "O").replace("1", "l")
    assert await recovery.use(anna, f" {typed} ") == 9
    assert await recovery.use(anna, second.replace("-", "")) == 8


async def test_new_codes_take_the_place_of_old_ones(recovery: RecoveryCodes, anna: UserId) -> None:
    old, new = await recovery.renew(anna), await recovery.renew(anna)
    assert await recovery.use(anna, old[0]) is None
    assert await recovery.use(anna, new[0]) == 9


async def test_a_code_is_its_owners(recovery: RecoveryCodes, anna: UserId) -> None:
    codes = await recovery.renew(anna)
    other = UserId(uuid4())
    await recovery.renew(other)
    assert await recovery.use(other, codes[0]) is None
    for nonsense in ("", "-", "\0", "\ud800", "x" * 10_000):
        assert await recovery.use(anna, nonsense) is None
    await recovery.remove(anna)
    assert await recovery.use(anna, codes[0]) is None


async def test_at_the_same_moment_it_is_good_once(pool: Pool, anna: UserId, clock: FakeClock) -> None:
    recovery = PostgresRecoveryCodes(pool, MASTERS, clock)
    code, *_ = await recovery.renew(anna)
    used = await asyncio.gather(*(recovery.use(anna, code) for _ in range(20)))
    assert [left for left in used if left is not None] == [9]


async def test_codes_on_paper_outlive_a_master_key(pool: Pool, anna: UserId, clock: FakeClock) -> None:
    code, *_ = await PostgresRecoveryCodes(pool, MASTERS[1:], clock).renew(anna)
    assert await PostgresRecoveryCodes(pool, MASTERS, clock).use(anna, code) == 9
