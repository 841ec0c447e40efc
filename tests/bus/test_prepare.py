"""A database that was filled by another version of this code."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from bus import projection_consumer
from bus.broker import Bus
from bus.prepare import ProjectionNotRebuilt, ProjectionsBusy, prepare
from bus.projection_consumer import ProjectionConsumer, ProjectionsOutdated
from infra.db.pools import WORKER, async_pool
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import Batch
from projections.install import shape
from projections.kernel import Projection
from projections.partners.project import PROJECTION as PARTNERS
from projections.registry import PROJECTIONS
from tests.support.batches import row
from tests.support.builders import NOW, partner_created

OTHER_TABLE = replace(PARTNERS, schema=PARTNERS.schema.replace("name ", "extra text, name ", 1))
OTHER_ROWS = replace(PARTNERS, revision=PARTNERS.revision + 1)


@pytest.fixture
def database(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def now_with(changed: Projection) -> tuple[Projection, ...]:
    return tuple(changed if one.name == changed.name else one for one in PROJECTIONS)


def live(database: psycopg.Connection, name: str) -> Any:
    query = "SELECT version, shape FROM projections WHERE name = %s"
    return database.execute(query, (name,)).fetchone()


def given_a_partner(database_url: str, database: psycopg.Connection) -> None:
    """In the store, and not in the projection: only a rebuild reads it."""
    store = PostgresEventStore(database_url, pool_size=1)
    event = partner_created()
    data = event.model_dump_json().encode()
    store.commit(Batch(NOW, rows=[row("partner-1", 1, type=event.type_name, data=data)]))
    store.close()


def test_a_shape_is_of_tables_and_revision() -> None:
    assert shape(replace(PARTNERS, project=OTHER_ROWS.project)) == shape(PARTNERS)
    assert len({shape(PARTNERS), shape(OTHER_TABLE), shape(OTHER_ROWS)}) == 3


@pytest.mark.parametrize("changed", [OTHER_TABLE, OTHER_ROWS])
async def test_what_another_version_filled_is_built_anew_once(
    database_url: str, database: psycopg.Connection, changed: Projection
) -> None:
    given_a_partner(database_url, database)
    told: list[str] = []
    await prepare(database_url, told.append, now_with(changed))
    assert (told, live(database, "partners")) == (["partners"], (2, shape(changed)))
    database.execute("SET app.scope = 'platform'; SET ROLE hb_api")
    assert len(database.execute("SELECT * FROM partners").fetchall()) == 1
    await prepare(database_url, told.append, now_with(changed))
    assert told == ["partners"]


async def test_a_database_that_does_not_say_is_built_anew(
    database_url: str, database: psycopg.Connection
) -> None:
    database.execute("UPDATE projections SET shape = '' WHERE name IN ('partners', 'tools')")
    told: list[str] = []
    await prepare(database_url, told.append)
    assert told == ["partners", "tools"]


async def test_nothing_is_built_anew_while_a_worker_fills_it(
    database_url: str, database: psycopg.Connection
) -> None:
    database.execute("SELECT pg_advisory_lock(%s)", (projection_consumer.LOCK,))
    with pytest.raises(ProjectionsBusy, match="partners"):
        await prepare(database_url, projections=now_with(OTHER_ROWS))
    assert live(database, "partners") == (1, shape(PARTNERS))
    await prepare(database_url)


async def test_what_cannot_be_built_anew_stays_as_it_was(
    database_url: str, database: psycopg.Connection
) -> None:
    given_a_partner(database_url, database)

    async def broken(events: object, tx: object) -> None:
        raise ValueError("cannot")

    money = replace(OTHER_ROWS, project=broken, money=True)
    with pytest.raises(ProjectionNotRebuilt, match="cannot"):
        await prepare(database_url, projections=now_with(money))
    assert live(database, "partners") == (1, shape(PARTNERS))


async def test_a_worker_fills_nothing_that_another_version_filled(
    database_url: str, bus: Bus, store: PostgresEventStore
) -> None:
    pool: AsyncConnectionPool[Any]
    async with async_pool(database_url, WORKER, 1, 1) as pool:
        consumer = ProjectionConsumer(bus.nc, bus.js, pool, now_with(OTHER_TABLE), store)
        with pytest.raises(ProjectionsOutdated) as refusal:
            await consumer.run()
    assert "partners" in refusal.value.message
    assert "hb migrate" in refusal.value.fix
