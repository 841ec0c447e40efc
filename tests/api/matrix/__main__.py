"""`./justw matrix` writes the file anew. Its difference is to be read like code."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bus.prepare import prepare
from infra.embedded.postgres import EmbeddedPostgres
from tests.api.matrix.cells import Cell, cells
from tests.api.matrix.real import postgres
from tests.api.matrix.sheet import FILE, sheet, summary
from tests.api.world import World


async def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    in_memory = [cell async for cell in cells(World())]
    FILE.write_text(sheet(in_memory))
    async with database() as url:
        on_postgres = [cell async for cell in cells(World(), read_from=partial(postgres, url))]
    show(in_memory, "in memory")
    show(on_postgres, "on Postgres")
    differ = sheet(on_postgres) != sheet(in_memory)
    if differ:
        print("Postgres answers otherwise: tests/api/matrix/test_matrix.py shows where")
    return int(differ or any(cell.leak for cell in (*in_memory, *on_postgres)))


@asynccontextmanager
async def database() -> AsyncIterator[str]:
    with TemporaryDirectory(prefix="hb-matrix-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", Path(folder) / "postgres.log")
        try:
            await server.start()
            await prepare(server.url)
            yield server.url
        finally:
            await server.stop()


def show(found: Sequence[Cell], where: str) -> None:
    for cell in found:
        if cell.leak:
            print(f"LEAK {cell.method} {cell.path} as {cell.role}, ids: {cell.whose}: {cell.leak}")
    print(summary(found), where)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
