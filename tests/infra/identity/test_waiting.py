"""What waits for somebody to come back: registrations and round trips to identity providers."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from infra.identity.pool import Pool
from infra.identity.registrations import MAX_BYTES, PendingRegistrations, PostgresRegistrations
from infra.identity.round_trips import PostgresRoundTrips, RoundTrip, RoundTrips
from tests.infra.identity.conftest import MASTERS
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.vault.waiting import MemoryRegistrations, MemoryRoundTrips

TRIP = RoundTrip("google", "a nonce", "a verifier", {"return_to": "/runs"})


@pytest.fixture
def pending(kind: str, pool: Pool, clock: FakeClock) -> PendingRegistrations:
    return MemoryRegistrations(clock) if kind == "memory" else PostgresRegistrations(pool, clock)


@pytest.fixture
def trips(kind: str, pool: Pool, clock: FakeClock) -> RoundTrips:
    return MemoryRoundTrips(clock) if kind == "memory" else PostgresRoundTrips(pool, MASTERS, clock)


def fresh() -> str:
    return uuid4().hex


async def test_a_registration_waits_and_is_taken_once(pending: PendingRegistrations) -> None:
    anna = fresh()
    made = await pending.put(anna, b"sealed")
    found = await pending.find(anna)
    assert found and (found.id, found.email_index, found.sealed) == (made, anna, b"sealed")
    assert await pending.take(made) == found
    assert await pending.take(made) is None
    assert await pending.find(anna) is None


async def test_the_last_registration_of_an_address_counts(pending: PendingRegistrations) -> None:
    anna = fresh()
    first, second = await pending.put(anna, b"one"), await pending.put(anna, b"two")
    assert await pending.take(first) is None
    taken = await pending.take(second)
    assert taken and taken.sealed == b"two"


async def test_a_registration_waits_a_day(pending: PendingRegistrations, clock: FakeClock) -> None:
    anna = fresh()
    made = await pending.put(anna, b"sealed")
    clock.advance(timedelta(hours=24))
    assert await pending.find(anna) is None
    assert await pending.take(made) is None


async def test_a_registration_is_small(pending: PendingRegistrations) -> None:
    with pytest.raises(ValueError, match="bytes"):
        await pending.put(fresh(), b"x" * (MAX_BYTES + 1))


async def test_a_round_trip_comes_back_once_to_its_browser(trips: RoundTrips) -> None:
    state, browser = fresh(), fresh()
    await trips.begin(state, browser, TRIP)
    assert await trips.take(state, fresh()) is None
    assert await trips.take(fresh(), browser) is None
    assert await trips.take(state, browser) == TRIP
    assert await trips.take(state, browser) is None


async def test_a_round_trip_takes_ten_minutes_at_most(trips: RoundTrips, clock: FakeClock) -> None:
    state, browser = fresh(), fresh()
    await trips.begin(state, browser, TRIP)
    clock.advance(timedelta(minutes=10))
    assert await trips.take(state, browser) is None


async def test_at_the_same_moment_one_comes_back(pool: Pool, clock: FakeClock) -> None:
    trips, state, browser = PostgresRoundTrips(pool, MASTERS, clock), fresh(), fresh()
    await trips.begin(state, browser, TRIP)
    taken = await asyncio.gather(*(trips.take(state, browser) for _ in range(20)))
    assert [trip for trip in taken if trip] == [TRIP]


async def test_no_secret_of_a_round_trip_lies_in_the_vault(pool: Pool, clock: FakeClock) -> None:
    state, browser = fresh(), fresh()
    await PostgresRoundTrips(pool, MASTERS, clock).begin(state, browser, TRIP)
    async with pool.connection() as conn:
        rows = await (await conn.execute("SELECT t::text FROM vault.oidc_round_trips t")).fetchall()
    told = str(rows)
    assert not [secret for secret in (state, browser, TRIP.nonce, TRIP.verifier) if secret in told]
