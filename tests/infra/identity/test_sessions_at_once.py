"""One refresh token in many hands at the same moment, on a real Postgres."""

import asyncio
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest

from infra.db.pools import VAULT, async_pool
from infra.identity.pool import Pool
from infra.identity.refresh_tokens import MAC_BYTES, SALT_BYTES, RefreshTokens
from infra.identity.session_feed import RevokedSessions
from infra.identity.session_types import Client, Redeemed, SessionCompromised, SessionRefused, SessionRevoked
from infra.identity.sessions import PostgresSessions
from schemas.base import UserId
from tests.infra.identity.conftest import MASTERS
from tests.support.fakes.clock import FakeClock

THREADS = 50
BROWSER = Client("192.0.2.7")
TOKENS = RefreshTokens(MASTERS)


def all_at_once(url: str, clock: FakeClock, token: str) -> Sequence[Redeemed | SessionRefused]:
    """As many processes of the API would: each with a connection of its own."""
    barrier = Barrier(THREADS)

    async def redeem() -> Redeemed | SessionRefused:
        async with async_pool(url, VAULT, max_size=1) as pool:
            await pool.wait()
            await asyncio.to_thread(barrier.wait)
            try:
                return await PostgresSessions(pool, TOKENS, clock).redeem(token, BROWSER)
            except SessionRefused as refused:
                return refused

    with ThreadPoolExecutor(THREADS) as threads:
        futures = [threads.submit(asyncio.run, redeem()) for _ in range(THREADS)]
        return [future.result() for future in futures]


async def test_fifty_hands_get_one_successor(vault_url: str, pool: Pool, clock: FakeClock) -> None:
    sessions = PostgresSessions(pool, TOKENS, clock)
    made = await sessions.create(UserId(uuid4()), None, ["pwd"], BROWSER)
    answers = await asyncio.to_thread(all_at_once, vault_url, clock, made.refresh_token)
    redeemed = [answer for answer in answers if isinstance(answer, Redeemed)]
    assert len(redeemed) == THREADS
    assert len({answer.refresh_token for answer in redeemed}) == 1
    assert Counter(answer.again for answer in redeemed) == {False: 1, True: THREADS - 1}
    assert (await sessions.redeem(redeemed[0].refresh_token, BROWSER)).session.generation == 3


async def test_fifty_replays_end_the_family_once(vault_url: str, pool: Pool, clock: FakeClock) -> None:
    sessions = PostgresSessions(pool, TOKENS, clock)
    made = await sessions.create(UserId(uuid4()), None, ["pwd"], BROWSER)
    await sessions.redeem(made.refresh_token, BROWSER)
    clock.advance(timedelta(seconds=10))
    answers = await asyncio.to_thread(all_at_once, vault_url, clock, made.refresh_token)
    assert Counter(map(type, answers)) == {SessionCompromised: 1, SessionRevoked: THREADS - 1}
    assert await sessions.find(made.session.id) is None


async def test_changes_are_told_in_the_databases_time(pool: Pool, clock: FakeClock) -> None:
    """A process whose clock is wrong tells others nothing wrong."""
    sessions = PostgresSessions(pool, TOKENS, FakeClock(clock.now + timedelta(days=365)))
    feed = RevokedSessions(sessions)
    await feed(datetime.now(UTC))
    made = await sessions.create(UserId(uuid4()), None, ["pwd"], BROWSER)
    await sessions.revoke(made.session.id, made.session.user_id, "signed_out")
    (at,) = [ended.at for ended in await feed(clock.now) if ended.session_id == made.session.id]
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=5)


async def test_many_changes_are_told_in_parts(
    pool: Pool, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.identity.sessions.MOST_CHANGES", 3)
    sessions, anna = PostgresSessions(pool, TOKENS, clock), UserId(uuid4())
    since = datetime.now(UTC) + timedelta(seconds=10)
    made = {(await sessions.create(anna, None, ["pwd"], BROWSER)).session.id for _ in range(10)}
    for session_id in made:
        await sessions.revoke(session_id, anna, "signed_out")
    told = await RevokedSessions(sessions)(since)
    assert made <= {ended.session_id for ended in told}


async def test_no_token_lies_in_the_vault(pool: Pool, clock: FakeClock) -> None:
    sessions = PostgresSessions(pool, TOKENS, clock)
    made = await sessions.create(UserId(uuid4()), None, ["pwd"], BROWSER)
    raw = urlsafe_b64decode(made.refresh_token.removeprefix("hbr_"))
    async with pool.connection() as conn:
        query = "SELECT s::text FROM vault.sessions s WHERE id = %s"
        ((stored,),) = await (await conn.execute(query, (made.session.id,))).fetchall()
    assert made.refresh_token not in stored
    assert (
        raw[-MAC_BYTES:].hex() not in stored and raw[-MAC_BYTES - SALT_BYTES : -MAC_BYTES].hex() not in stored
    )
