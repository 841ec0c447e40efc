"""`./justw matrix` writes the file anew. Its difference is to be read like code."""

import asyncio
import sys

import structlog

from tests.api.matrix.cells import cells
from tests.api.matrix.sheet import FILE, sheet, summary
from tests.api.world import World


async def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    found = [cell async for cell in cells(World())]
    FILE.write_text(sheet(found))
    for cell in found:
        if cell.leak:
            print(f"LEAK {cell.method} {cell.path} as {cell.role}, ids: {cell.whose}: {cell.leak}")
    print(summary(found))
    return int(any(cell.leak for cell in found))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
