"""`hb projections`."""

import asyncio
from collections.abc import Sequence

import psycopg
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import CROSS, TICK, out, table
from api.cli.reading import Connection, connected
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.reading import events_after, of_stream
from infra.settings import Settings
from projections.kernel import Projection
from projections.lag import Lag, lag
from projections.rebuild import RebuildFailed, RebuildRunning, rebuild
from projections.registry import PROJECTIONS
from projections.repair import StillPoison, resume, unpark
from schemas.envelope import Recorded

NEWEST = EVERY = 2**63 - 1


def show_lag(settings: Settings) -> None:
    found = asyncio.run(read_lag(settings))
    out.print(lag_table(found))
    for stopped in (one for one in found if one.error):
        out.print(f"{CROSS} {stopped.name}: {escape(stopped.error or '')}")
        out.print(f"  [quiet]put the cause right, then `./justw hb projections resume {stopped.name}`[/]")


async def read_lag(settings: Settings) -> list[Lag]:
    async with connected(find(settings).database_url) as conn:
        return await lag(conn)


def lag_table(found: Sequence[Lag]) -> Table:
    numbers = ("version", "position", "events behind", "seconds", "parked")
    made = table("", "projection", *numbers, right=numbers)
    for one in found:
        mark = TICK if one.status == "live" and not one.parked else CROSS
        age = f"{one.seconds:.1f}" if one.events else ""
        figures = (str(one.version), str(one.position), str(one.events), age, str(one.parked or ""))
        made.add_row(mark, one.name + ("" if one.status == "live" else f" ({one.status})"), *figures)
    return made


def projection_named(name: str) -> Projection:
    for projection in PROJECTIONS:
        if projection.name == name:
            return projection
    names = ", ".join(projection.name for projection in PROJECTIONS)
    raise Refused(f"there is no projection {name!r}.", f"There are: {names}.")


def rebuild_one(settings: Settings, name: str) -> None:
    projection = projection_named(name)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=40),
        TextColumn("{task.completed:,} / {task.total:,}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out) as progress:
        version = asyncio.run(rebuilt(find(settings).database_url, projection, progress))
    out.print(f"{TICK} {name} is live in version {version}")


async def rebuilt(database_url: str, projection: Projection, progress: Progress) -> int:
    store = PostgresEventStore(database_url, pool_size=1)
    task = progress.add_task(projection.name, total=0)

    async def connect() -> Connection:
        return await psycopg.AsyncConnection.connect(database_url)

    async with connected(database_url):
        progress.update(task, total=await asyncio.to_thread(store.previous, NEWEST))
    try:
        return await rebuild(
            connect, projection, events_after(store), lambda p: progress.update(task, completed=p)
        )
    except RebuildRunning as error:
        raise Refused(f"somebody else is rebuilding {projection.name}.", "") from error
    except RebuildFailed as error:
        raise Refused(str(error), "The live version was left as it is.") from error
    finally:
        store.close()


def resume_one(settings: Settings, name: str) -> None:
    projection_named(name)
    if not asyncio.run(resumed(find(settings).database_url, name)):
        raise Refused(f"{name} is not stopped.", "")
    out.print(f"{TICK} {name} goes on with the next event")


async def resumed(database_url: str, name: str) -> bool:
    async with connected(database_url) as conn:
        return await resume(conn, name)


def unpark_one(settings: Settings, name: str, stream: str) -> None:
    events = asyncio.run(unparked(find(settings).database_url, projection_named(name), stream))
    if not events:
        raise Refused(f"{stream} is not parked in {name}.", "")
    out.print(f"{TICK} {events} events of {stream} applied to {name}")


async def unparked(database_url: str, projection: Projection, stream: str) -> int:
    async with connected(database_url) as conn:

        async def read_stream(stream: str, after: int) -> Sequence[Recorded]:
            return await of_stream(conn, stream, after, EVERY)

        try:
            return await unpark(conn, projection, stream, read_stream)
        except StillPoison as error:
            raise Refused(f"it failed again: {error}", "It stays parked.") from error
