"""Months of payloads: made ahead, dropped as a whole, and nothing lost when one was not made."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from bus.prepare import prepare
from infra.db.pools import API, async_pool, options
from infra.db.scope import Scope, scoped
from infra.eventstore.partitions import Connection, Partition, drop, ensure, usage
from infra.eventstore.payloads import month_of
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.reading import payload
from infra.eventstore.types import Payload, Place
from schemas.base import PartnerId, TenantId
from tests.support.batches import batch_of, outputs
from tests.support.partners import put_under
from tests.support.servers import FreshDatabase

LARGE = "x" * 40_000
NOW = datetime.now(UTC)
OLD = datetime(2020, 1, 31, tzinfo=UTC)


@pytest.fixture
async def url(fresh_database: FreshDatabase) -> str:
    url = fresh_database("payloads")
    await prepare(url)
    return url


@pytest.fixture
def store(url: str) -> Iterator[PostgresEventStore]:
    store = PostgresEventStore(url, pool_size=1)
    yield store
    store.close()


@pytest.fixture
async def owner(url: str) -> AsyncIterator[Connection]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        yield conn


def written(store: PostgresEventStore, at: datetime, output: Any = LARGE, **more: Any) -> str:
    stream = f"execution-{uuid4()}"
    store.commit(batch_of(stream, [output], at=at, **more))
    return stream


async def filled(owner: Connection) -> dict[str, int]:
    return {one.name: one.payloads for one in await usage(owner) if one.payloads}


async def test_months_are_made_ahead_and_again_is_nothing(owner: Connection) -> None:
    before = await usage(owner)
    await ensure(owner)
    assert await usage(owner) == before
    months = [one.month for one in before if one.month]
    assert months[0] == month_of(NOW)
    assert len(months) == 3
    assert [one.name for one in before if one.month is None] == ["payloads_other"]


async def test_a_payload_goes_to_the_month_of_its_event(store: PostgresEventStore, owner: Connection) -> None:
    written(store, NOW)
    written(store, OLD)
    assert await filled(owner) == {f"payloads_{NOW:%Y_%m}": 1, "payloads_other": 1}
    [old] = [one for one in await usage(owner) if one.name == "payloads_other"]
    assert (old.month, old.bytes) == (month_of(OLD), 40_000)
    assert old.on_disk < 40_000 + 65_536


async def test_a_dropped_month_is_gone_and_its_events_still_read(
    store: PostgresEventStore, owner: Connection
) -> None:
    old, new = written(store, OLD), written(store, NOW)
    [dead] = [one for one in await usage(owner) if one.name == "payloads_other"]
    await drop(owner, [dead])
    assert outputs(store.streams({new: 0})) == [LARGE]
    [marker] = outputs(store.streams({old: 0}))
    assert marker.startswith("hb:payload:")
    assert json.loads(store.event(old, 1).data)["output"] == marker
    written(store, OLD)
    assert await filled(owner) == {f"payloads_{NOW:%Y_%m}": 1, "payloads_other": 1}


async def test_a_month_not_made_in_time_keeps_its_rows_where_they_are(
    store: PostgresEventStore, owner: Connection
) -> None:
    name = f"payloads_{NOW:%Y_%m}"
    await owner.execute(f"DROP TABLE {name}".encode())
    stream = written(store, NOW)
    await ensure(owner)
    assert await filled(owner) == {"payloads_other": 1}
    assert outputs(store.streams({stream: 0})) == [LARGE]


async def test_a_busy_table_is_not_waited_for_long(
    store: PostgresEventStore, owner: Connection, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.eventstore.partitions.LOCK_TIMEOUT", "SET LOCAL lock_timeout = '1ms'")
    written(store, OLD)
    async with await psycopg.AsyncConnection.connect(url) as reader:
        await reader.execute("SELECT FROM payloads")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            await drop(owner, [Partition("payloads_other", None, 0, 0, 0)])
    assert await filled(owner) == {"payloads_other": 1}


@pytest.mark.parametrize("role", ["hb_worker", "hb_api", None], ids=["worker", "api", "owner"])
@pytest.mark.parametrize("table", ["payloads", "payloads_other"])
@pytest.mark.parametrize("change", ["UPDATE {} SET bytes = 1", "DELETE FROM {}", "TRUNCATE {}"])
async def test_a_payload_cannot_be_changed(
    store: PostgresEventStore, url: str, role: str | None, table: str, change: str
) -> None:
    stream = written(store, OLD)
    async with await psycopg.AsyncConnection.connect(url, options=options(role) if role else None) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(change.format(table).encode())
    assert outputs(store.streams({stream: 0})) == [LARGE]


async def test_the_edge_reads_payloads_of_its_scope_only(store: PostgresEventStore, url: str) -> None:
    mine, partner = TenantId(uuid4()), PartnerId(uuid4())
    written(store, NOW, {"rows": [LARGE]}, tenant_id=mine, partner_id=partner)
    await asyncio.to_thread(put_under, url, mine, partner)
    [(name,)] = await asyncio.to_thread(names, url)
    async with async_pool(url, API, 1, 1) as pool:

        async def seen(scope: Scope) -> Payload | None:
            async with scoped(pool, scope) as conn:
                return await payload(conn, name)

        found = await seen(Scope(tenant_id=mine))
        assert found is not None
        assert (found.kind, json.loads(found.content)) == ("j", {"rows": [LARGE]})
        assert await seen(Scope(partner_id=partner)) == await seen(Scope(platform=True)) == found
        assert await seen(Scope(tenant_id=TenantId(uuid4()))) is None
        assert await seen(Scope(partner_id=PartnerId(uuid4()))) is None
        assert await seen(Scope()) is None


def test_a_hash_is_no_right_for_workers_either(store: PostgresEventStore, url: str) -> None:
    """They ask for the tenant of the event that names it: a forged name leads to nothing of another's."""
    mine, other = TenantId(uuid4()), TenantId(uuid4())
    written(store, NOW, tenant_id=mine)
    [(name,)] = names(url)
    place = Place(mine, month_of(NOW), name)
    assert store.payloads({place}).keys() == {place}
    assert store.payloads({place._replace(tenant_id=other)}) == {}


def names(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as conn:
        return conn.execute("SELECT hash FROM payloads").fetchall()
