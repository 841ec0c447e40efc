"""Balances from the sealed entries alone, and where they first differ from what is shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import psycopg
import pytest

from bus.audit.nats_source import from_stream
from bus.audit.replay import Replayed, replay
from bus.broker import Bus
from bus.ledger_stream import LedgerStream
from infra.audit import store as sealed
from infra.audit.lines import Line
from infra.audit.reading import lines_from
from infra.db.pools import WORKER, async_pool, options
from infra.eventstore.postgres import PostgresEventStore
from tests.bus.test_sealer import holds
from tests.bus.workers import running, until
from tests.support.ledger import KEYS, Calls, projected, seal_all

BALANCES = """
SELECT leg->>'account', sum(CASE leg->>'side' WHEN 'debit' THEN 1 ELSE -1 END * (leg->>'amount')::numeric)
FROM ledger_entries, jsonb_array_elements(postings) AS leg GROUP BY 1"""

TWO = """
SELECT audit_seq, position FROM audit_leaves JOIN ledger_entries USING (position)
WHERE kind = 'settle' ORDER BY 1 OFFSET 40 LIMIT 2"""


@pytest.fixture
async def ledger(store: PostgresEventStore, database_url: str) -> str:
    calls = Calls(store)
    calls.make(170)
    await seal_all(database_url)
    await projected(database_url, store)
    return database_url


async def replayed(
    url: str, first: int = 0, upto: int | None = None, source: AsyncIterator[Line] | None = None
) -> Replayed:
    async with connection(url) as conn, connection(url) as reading:
        stamp = await sealed.latest(conn)
        last = upto or (stamp.size if stamp else 0)
        lines = source or lines_from(reading, first, last, KEYS.salts)
        return await replay(lines, conn, first, last)


@asynccontextmanager
async def connection(url: str) -> AsyncIterator[sealed.Connection]:
    async with await psycopg.AsyncConnection.connect(url, options=options(WORKER), autocommit=True) as conn:
        yield conn


def change(url: str, statement: str) -> None:
    with psycopg.connect(url) as conn:
        conn.execute("SET LOCAL session_replication_role = replica")
        assert conn.execute(statement.encode()).rowcount == 1


async def test_all_balances_are_the_sums_of_what_is_shown(ledger: str) -> None:
    found = await replayed(ledger)
    assert (found.difference, found.entries) == (None, 336)
    with psycopg.connect(ledger) as conn:
        shown: dict[str, Decimal] = dict(conn.execute(BALANCES).fetchall())
    assert found.balances == shown
    assert sum(found.balances.values()) == 0


async def test_nats_tells_the_same(bus: Bus, ledger: str) -> None:
    async with (
        async_pool(ledger, WORKER, max_size=2) as pool,
        running(LedgerStream(bus.nc, bus.js, pool, KEYS).run()),
    ):
        await until(lambda: holds(bus, 336))
    part = await replayed(ledger, 100, 300, from_stream(bus.js, 100, 300))
    assert part == await replayed(ledger, 100, 300)
    assert (part.difference, part.entries) == (None, 200)


@pytest.mark.parametrize(
    "statement, first",
    [
        ("UPDATE ledger_entries_v1 SET price_usd = price_usd + 1 WHERE position = {}", "shows other amounts"),
        ("UPDATE ledger_entries_v1 SET postings = '[]' WHERE position = {}", "shows other amounts"),
        ("DELETE FROM ledger_entries_v1 WHERE position = {}", "has no row of it"),
        ("UPDATE stored_events SET actor = 'x' WHERE notification_id = {}", "another entry than was sealed"),
    ],
)
async def test_the_first_difference_is_named(ledger: str, statement: str, first: str) -> None:
    with psycopg.connect(ledger) as conn:
        rows = conn.execute(TWO).fetchall()
    for _, position in rows:
        change(ledger, statement.format(position))
    found = await replayed(ledger)
    assert found.difference is not None
    assert found.difference.where == f"entry {rows[0][0]}" and first in found.difference.what
    assert found.entries == rows[0][0]


async def test_an_entry_that_a_stream_lacks_is_named(ledger: str) -> None:
    async def without(seq: int) -> AsyncIterator[Line]:
        async with connection(ledger) as conn:
            async for one in lines_from(conn, 0, 336, KEYS.salts):
                if one.seq != seq:
                    yield one

    for seq in (0, 100, 335):
        found = await replayed(ledger, source=without(seq))
        assert str(found.difference) == f"entry {seq}: is not in the stream"
