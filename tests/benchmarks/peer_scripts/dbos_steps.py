"""Three durable no-op steps on DBOS, awaited directly: what its manual shows for async code."""

import asyncio
import json
import sys

from dbos import DBOS, DBOSConfig

from tests.benchmarks.measure import timed

IN_FLIGHT = 64


@DBOS.step()
async def noop() -> None:
    pass


@DBOS.workflow()
async def three_steps() -> str:
    for _ in range(3):
        await noop()
    return "done"


async def main(seconds: float) -> None:
    timing = await timed(three_steps, IN_FLIGHT, seconds)
    print(json.dumps(timing.as_dict()))


if __name__ == "__main__":
    url = sys.argv[1].replace("postgresql://", "postgresql+psycopg://")
    config: DBOSConfig = {"name": "bench", "system_database_url": url, "log_level": "ERROR"}
    DBOS(config=config)
    DBOS.launch()
    asyncio.run(main(float(sys.argv[2])))
    DBOS.destroy()
