"""Makes a database ready for this version: migrations, months, projections, policies as the code has them."""

import asyncio
from collections.abc import Callable, Sequence

import psycopg

from bus import projection_consumer
from infra.access_log import months as access_months
from infra.db.migrate import migrate
from infra.errors import SetupError
from infra.eventstore import partitions
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.reading import events_after
from projections.install import install, outdated
from projections.isolation import isolate
from projections.kernel import Connection, Projection
from projections.rebuild import RebuildFailed, RebuildRunning, rebuild
from projections.registry import PROJECTIONS

TAKE = "SELECT pg_try_advisory_lock(%s)"


class ProjectionsBusy(SetupError):
    def __init__(self, names: str) -> None:
        super().__init__(
            f"these projections must be built anew, and a worker is filling them: {names}.",
            "Stop the workers with the role `projections`, then run `./justw hb migrate`.",
        )


class ProjectionNotRebuilt(SetupError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"the projection {name} could not be built anew: {reason}",
            "Put the cause right, then run `./justw hb migrate`. The live version was left as it was.",
        )


async def prepare(
    database_url: str,
    on_rebuild: Callable[[str], None] = lambda name: None,
    projections: Sequence[Projection] = PROJECTIONS,
) -> int:
    """Idempotent; run as the database's owner. Returns the schema version. Told which ones are rebuilt."""
    version = await asyncio.to_thread(migrate, database_url)
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as conn:
        await partitions.ensure(conn)
        await access_months.ensure(conn)
        await install(conn, projections)
        await isolate(conn)
        if old := await outdated(conn, projections):
            await taken(conn, old)
            for projection in old:
                on_rebuild(projection.name)
                await rebuilt(database_url, projection)
    return version


async def taken(conn: Connection, old: Sequence[Projection]) -> None:
    """The lead of the worker that fills projections, until the connection ends: it may be an older one."""
    if await (await conn.execute(TAKE, (projection_consumer.LOCK,))).fetchone() != (True,):
        raise ProjectionsBusy(", ".join(projection.name for projection in old))


async def rebuilt(database_url: str, projection: Projection) -> None:
    store = PostgresEventStore(database_url, pool_size=1)

    async def connect() -> Connection:
        return await psycopg.AsyncConnection.connect(database_url)

    try:
        await rebuild(connect, projection, events_after(store))
    except RebuildRunning as error:
        raise ProjectionNotRebuilt(projection.name, "somebody else is at it.") from error
    except RebuildFailed as error:
        raise ProjectionNotRebuilt(projection.name, f"{error}.") from error
    finally:
        store.close()
