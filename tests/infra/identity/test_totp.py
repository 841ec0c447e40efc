import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlparse
from uuid import uuid4

import pyotp
import pytest

from infra.crypto.secrets import UnreadableSecret
from infra.identity.pool import Pool
from infra.identity.totp import PostgresTotp, Totp, TotpActive
from schemas.base import UserId
from tests.infra.identity.conftest import MASTERS
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.factors import MemoryTotp

STEP = timedelta(seconds=30)


@pytest.fixture
def totp(kind: str, pool: Pool, clock: FakeClock) -> Totp:
    return MemoryTotp(clock) if kind == "memory" else PostgresTotp(pool, MASTERS, clock)


@pytest.fixture
def anna() -> UserId:
    return UserId(uuid4())


async def set_up(totp: Totp, user_id: UserId, clock: FakeClock) -> pyotp.TOTP:
    """Confirmed, and its next code not used yet."""
    app = pyotp.TOTP((await totp.begin(user_id, "anna@acme.example")).secret)
    assert await totp.confirm(user_id, app.at(clock.now))
    clock.advance(2 * STEP)
    return app


async def test_an_app_is_set_up_with_an_address(totp: Totp, anna: UserId) -> None:
    made = await totp.begin(anna, "anna@acme.example")
    told = urlparse(made.uri)
    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert parse_qs(told.query) == {"secret": [made.secret], "issuer": ["HireBuddha"]}
    assert len(made.secret) == 32


async def test_it_is_asked_for_once_it_was_right(totp: Totp, anna: UserId, clock: FakeClock) -> None:
    app = pyotp.TOTP((await totp.begin(anna, "anna@acme.example")).secret)
    assert not await totp.active(anna)
    assert not await totp.verify(anna, app.at(clock.now))
    assert not await totp.confirm(anna, "000000" if app.at(clock.now) != "000000" else "111111")
    assert await totp.confirm(anna, app.at(clock.now))
    assert await totp.active(anna)
    assert not await totp.confirm(anna, app.at(clock.now))


async def test_setting_up_may_begin_anew_until_it_is_confirmed(
    totp: Totp, anna: UserId, clock: FakeClock
) -> None:
    first = pyotp.TOTP((await totp.begin(anna, "anna@acme.example")).secret)
    second = pyotp.TOTP((await totp.begin(anna, "anna@acme.example")).secret)
    assert not await totp.confirm(anna, first.at(clock.now)) or first.at(clock.now) == second.at(clock.now)
    assert await totp.confirm(anna, second.at(clock.now))
    with pytest.raises(TotpActive):
        await totp.begin(anna, "anna@acme.example")


async def test_a_code_is_taken_once(totp: Totp, anna: UserId, clock: FakeClock) -> None:
    app = await set_up(totp, anna, clock)
    code = app.at(clock.now)
    assert await totp.verify(anna, f"{code[:3]} {code[3:]}")
    assert not await totp.verify(anna, code)


async def test_not_even_the_code_that_confirmed_it_is_taken_again(
    totp: Totp, anna: UserId, clock: FakeClock
) -> None:
    app = pyotp.TOTP((await totp.begin(anna, "anna@acme.example")).secret)
    code = app.at(clock.now)
    assert await totp.confirm(anna, code)
    assert not await totp.verify(anna, code)


async def test_a_clock_may_be_half_a_minute_wrong(totp: Totp, anna: UserId, clock: FakeClock) -> None:
    app = await set_up(totp, anna, clock)
    assert not await totp.verify(anna, app.at(clock.now - 2 * STEP))
    assert await totp.verify(anna, app.at(clock.now - STEP))
    assert await totp.verify(anna, app.at(clock.now + STEP))
    assert not await totp.verify(anna, app.at(clock.now)), "older than one that was taken"
    assert not await totp.verify(anna, app.at(clock.now + 2 * STEP))


async def test_a_code_is_its_owners(totp: Totp, anna: UserId, clock: FakeClock) -> None:
    app = await set_up(totp, anna, clock)
    other = UserId(uuid4())
    assert not await totp.verify(other, app.at(clock.now))
    assert await totp.remove(anna)
    assert not await totp.remove(anna)
    assert not await totp.verify(anna, app.at(clock.now))


async def test_nonsense_is_no_code(totp: Totp, anna: UserId, clock: FakeClock) -> None:
    await set_up(totp, anna, clock)
    for text in ("", "12345", "1234567", "abcdef", "１２３４５６", "\0" * 6, "\ud800" * 6):
        assert not await totp.verify(anna, text)


async def test_at_the_same_moment_it_is_taken_once(pool: Pool, anna: UserId, clock: FakeClock) -> None:
    totp = PostgresTotp(pool, MASTERS, clock)
    app = await set_up(totp, anna, clock)
    taken = await asyncio.gather(*(totp.verify(anna, app.at(clock.now)) for _ in range(20)))
    assert taken.count(True) == 1


async def test_a_seed_lies_sealed_and_is_good_in_its_own_row_only(
    pool: Pool, anna: UserId, clock: FakeClock
) -> None:
    totp, other = PostgresTotp(pool, MASTERS, clock), UserId(uuid4())
    app = await set_up(totp, anna, clock)
    await set_up(totp, other, clock)
    swap = (
        "UPDATE vault.totp SET sealed = (SELECT sealed FROM vault.totp WHERE user_id = %s) WHERE user_id = %s"
    )
    async with pool.connection() as conn:
        rows = await (await conn.execute("SELECT sealed FROM vault.totp")).fetchall()
        await conn.execute(swap, (anna, other))
    assert app.secret.encode() not in b"".join(row[0] for row in rows)
    with pytest.raises(UnreadableSecret):
        await totp.verify(other, app.at(clock.now))
