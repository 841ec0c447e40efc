"""Whatever befalls the sealer, the tree is that of the events."""

import asyncio
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from prometheus_client import REGISTRY

from bus.broker import Bus
from bus.checkpoints import Checkpoints
from bus.ledger_stream import LedgerStream
from bus.monitor import Monitor
from bus.relay import Relay
from bus.streams import LEDGER
from infra.audit import canonical, lines
from infra.audit.merkle import root_of
from infra.db.pools import WORKER, async_pool
from infra.eventstore.postgres import PostgresEventStore
from tests.bus.workers import running, until
from tests.support.ledger import KEYS, Calls, seal_all

ROOT = Path(__file__).parents[2]
CHILD = "import asyncio, sys; from tests.support.ledger import seal_all; from bus.failpoints import arm; " \
    "arm(sys.argv[2]); asyncio.run(seal_all(sys.argv[1], batch=17, segment=256))"  # fmt: skip
POINTS = ("seal.before_commit", "seal.after_commit")


@pytest.fixture
def calls(store: PostgresEventStore) -> Iterator[Calls]:
    calls = Calls(store)
    calls.set_rate()
    calls.make(150)
    yield calls


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as conn:
        return conn.execute(query.encode()).fetchall()


def tree(url: str) -> tuple[object, ...]:
    """All that does not depend on how it came to batches."""
    leaves = rows(url, "SELECT audit_seq, position, leaf, chain FROM audit_leaves ORDER BY 1")
    nodes = rows(url, "SELECT * FROM audit_nodes ORDER BY 1, 2")
    size, note = rows(url, "SELECT size, note FROM audit_checkpoints ORDER BY size DESC LIMIT 1")[0]
    return leaves, nodes, size, note


async def test_every_billing_event_is_a_leaf_in_order_without_a_gap(
    store: PostgresEventStore, database_url: str, calls: Calls
) -> None:
    assert await seal_all(database_url, batch=64) > 0
    stored = [row.position for row in store.after(0, 10_000) if row.type.startswith("billing.")]
    found = rows(database_url, "SELECT audit_seq, position, leaf, chain FROM audit_leaves ORDER BY 1")
    assert [row[:2] for row in found] == list(enumerate(stored))
    chain = canonical.CHAIN_START
    for _, _, leaf, link in found:
        chain = canonical.chained(chain, bytes(leaf))  # type: ignore[call-overload]
        assert link == chain
    notes = rows(database_url, "SELECT size, note FROM audit_checkpoints")
    assert len(notes) == -(-len(stored) // 64)
    for size, note in notes:
        point = KEYS.signer.verifier.opened(str(note))
        assert (point.size, point.root) == (size, root_of(row[2] for row in found[: point.size]))  # type: ignore[misc]


async def test_a_sealer_killed_anywhere_leaves_the_same_tree(
    store: PostgresEventStore, database_url: str, calls: Calls
) -> None:
    seed = random.randrange(1_000)
    print("seed", seed)
    dice = random.Random(seed)
    for point in POINTS * 2:
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, database_url, f"{point}=crash:{dice.randrange(1, 4)}",
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert await killed.wait() == 137
    await seal_all(database_url, batch=17, segment=256)
    after_kills = tree(database_url)
    with psycopg.connect(database_url) as conn:
        conn.execute("SET session_replication_role = replica")
        for table in ("audit_leaves", "audit_nodes", "audit_checkpoints"):
            conn.execute(f"DELETE FROM {table}".encode())
    await seal_all(database_url, batch=250, segment=256)
    assert tree(database_url) == after_kills


async def test_of_two_sealers_at_once_one_seals_each_event(
    store: PostgresEventStore, database_url: str, calls: Calls
) -> None:
    async def one() -> None:
        try:
            await seal_all(database_url, batch=5)
        except psycopg.errors.UniqueViolation:
            await one()

    await asyncio.gather(one(), one())
    apart = tree(database_url)
    assert [row[0] for row in apart[0]] == list(range(len(apart[0])))  # type: ignore[arg-type, attr-defined]


async def test_the_ledger_is_a_stream_that_nobody_shortens_and_that_is_refilled(
    bus: Bus, store: PostgresEventStore, database_url: str, calls: Calls
) -> None:
    sealed = await seal_all(database_url)
    async with async_pool(database_url, WORKER, max_size=2) as pool:
        stream = LedgerStream(bus.nc, bus.js, pool, KEYS)
        async with running(stream.run()):
            await until(lambda: holds(bus, sealed))
        for number in (1, sealed):
            message = await bus.js.get_msg(LEDGER, number)
            leaf = rows(database_url, f"SELECT leaf FROM audit_leaves WHERE audit_seq = {number - 1}")
            assert leaf == [(lines.loaded(message.data or b"").leaf,)]
        with pytest.raises(Exception, match="not permitted"):
            await bus.js.purge_stream(LEDGER)
        with pytest.raises(Exception, match="not permitted"):
            await bus.js.delete_msg(LEDGER, 1)
        await bus.js.delete_stream(LEDGER)
        async with running(stream.run()):
            await until(lambda: holds(bus, sealed))


async def holds(bus: Bus, count: int) -> bool:
    try:
        return (await bus.js.stream_info(LEDGER)).state.messages == count
    except Exception:
        return False


@pytest.mark.parametrize("table", ["audit_leaves", "audit_nodes", "audit_checkpoints", "audit_cosignatures"])
async def test_what_is_sealed_cannot_be_changed_even_by_its_owner(
    store: PostgresEventStore, database_url: str, calls: Calls, table: str
) -> None:
    await seal_all(database_url)
    with psycopg.connect(database_url, autocommit=True) as conn:
        for change in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(change.encode())


async def test_how_far_the_seal_is_behind_is_told(
    bus: Bus, database_url: str, store: PostgresEventStore, calls: Calls
) -> None:
    async with async_pool(database_url, WORKER, max_size=2) as pool:
        relay = Relay(bus.nc, bus.js, store, Checkpoints(bus.js, database_url))
        async with running(Monitor(bus.js, pool, relay).watch_sealer()):
            await until(behind)
    assert await seal_all(database_url) == told("hb_sealer_lag_entries")


async def behind() -> bool:
    return told("hb_sealer_lag_entries") > 0 and told("hb_sealer_lag_seconds") > 0


def told(gauge: str) -> float:
    return REGISTRY.get_sample_value(gauge) or 0.0
