import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from infra.identity.codes import MOST_ISSUED, CodeHashes, Codes, Issued, PostgresCodes, TooManyCodes
from infra.identity.pool import Pool
from tests.infra.identity.conftest import MASTERS
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.codes import MemoryCodes

RESET = "reset_password"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def codes(kind: str, pool: Pool, clock: FakeClock) -> Codes:
    return MemoryCodes(clock) if kind == "memory" else PostgresCodes(pool, CodeHashes(MASTERS), clock)


@pytest.fixture
def anna() -> str:
    return str(uuid4())


def other_than(issued: Issued) -> str:
    return f"{(int(issued.code) + 1) % 10**8:08}"


async def test_a_code_is_eight_digits_and_used_once(codes: Codes, anna: str) -> None:
    issued = await codes.issue(RESET, anna)
    assert len(issued.code) == 8 and issued.code.isdecimal()
    assert await codes.use_code(RESET, anna, f"{issued.code[:4]} {issued.code[4:]}")
    assert not await codes.use_code(RESET, anna, issued.code)
    assert await codes.use_link(RESET, issued.link) is None


async def test_a_link_says_whom_it_is_for_and_is_used_once(codes: Codes, anna: str) -> None:
    issued = await codes.issue(RESET, anna)
    assert len(issued.link) >= 43
    assert await codes.use_link(RESET, issued.link) == anna
    assert await codes.use_link(RESET, issued.link) is None
    assert not await codes.use_code(RESET, anna, issued.code)


async def test_a_code_is_for_one_purpose_and_one_subject(codes: Codes, anna: str) -> None:
    issued = await codes.issue(RESET, anna)
    other = str(uuid4())
    await codes.issue(RESET, other)
    assert not await codes.use_code("unlock", anna, issued.code)
    assert await codes.use_link("unlock", issued.link) is None
    assert await codes.use_link(RESET, issued.code) is None
    assert await codes.use_code(RESET, anna, issued.code)


async def test_a_code_is_guessed_at_five_times(codes: Codes, anna: str) -> None:
    issued = await codes.issue(RESET, anna)
    for _ in range(4):
        assert not await codes.use_code(RESET, anna, other_than(issued))
    assert await codes.use_code(RESET, anna, issued.code)
    again = await codes.issue(RESET, anna)
    for _ in range(5):
        assert not await codes.use_code(RESET, anna, other_than(again))
    assert not await codes.use_code(RESET, anna, again.code)
    assert await codes.use_link(RESET, again.link) == anna, "who guesses keeps nobody out"


async def test_a_code_is_good_for_a_quarter_of_an_hour(codes: Codes, anna: str, clock: FakeClock) -> None:
    issued = await codes.issue(RESET, anna)
    clock.advance(15 * MINUTE)
    assert not await codes.use_code(RESET, anna, issued.code)
    assert await codes.use_link(RESET, issued.link) is None


async def test_a_newer_code_takes_the_place_of_the_older(codes: Codes, anna: str) -> None:
    older, newer = await codes.issue(RESET, anna), await codes.issue(RESET, anna)
    assert await codes.use_link(RESET, older.link) is None
    assert older.code == newer.code or not await codes.use_code(RESET, anna, older.code)
    assert await codes.use_code(RESET, anna, newer.code)


async def test_nobody_gets_many_codes(codes: Codes, anna: str, clock: FakeClock) -> None:
    issued = [await codes.issue(RESET, anna) for _ in range(MOST_ISSUED)]
    clock.advance(10 * MINUTE)
    with pytest.raises(TooManyCodes):
        await codes.issue(RESET, anna)
    assert await codes.issue("unlock", anna)
    assert await codes.use_code(RESET, anna, issued[-1].code)
    with pytest.raises(TooManyCodes):
        await codes.issue(RESET, anna)
    clock.advance(50 * MINUTE)
    assert await codes.issue(RESET, anna)


async def test_nonsense_is_no_code(codes: Codes, anna: str) -> None:
    await codes.issue(RESET, anna)
    for text in ("", "\0", "\ud800", "x" * 10_000):
        assert not await codes.use_code(RESET, anna, text)
        assert await codes.use_link(RESET, text) is None


async def test_at_the_same_moment_one_uses_it(pool: Pool, anna: str, clock: FakeClock) -> None:
    codes = PostgresCodes(pool, CodeHashes(MASTERS), clock)
    issued = await codes.issue(RESET, anna)
    used = await asyncio.gather(
        *(codes.use_code(RESET, anna, issued.code) for _ in range(10)),
        *(codes.use_link(RESET, issued.link) for _ in range(10)),
    )
    assert len([answer for answer in used if answer]) == 1


async def test_no_code_lies_in_the_vault(pool: Pool, anna: str, clock: FakeClock) -> None:
    issued = await PostgresCodes(pool, CodeHashes(MASTERS), clock).issue(RESET, anna)
    async with pool.connection() as conn:
        query = "SELECT c::text FROM vault.codes c WHERE subject = %s"
        ((stored,),) = await (await conn.execute(query, (anna,))).fetchall()
    assert issued.code not in stored and issued.link not in stored
