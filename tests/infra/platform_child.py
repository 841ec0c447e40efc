"""Starts a platform for test_platform and says which processes it runs: `python -m ... DATA_DIR`."""

import asyncio
import sys
from pathlib import Path

from infra.embedded.backends import Platform
from infra.embedded.supervisor import until_signal
from infra.settings import Settings


async def body(data_dir: Path) -> None:
    async with Platform(Settings(data_dir=data_dir, api_port=0), lambda step: None) as platform:
        database_url = await platform.start_postgres()
        await platform.start_nats()
        await platform.start_model()
        print(database_url, *pids(platform), flush=True)
        await platform.watch()


def pids(platform: Platform) -> list[int]:
    return [service.process.pid for service in platform.supervisor.services if service.process]  # type: ignore[attr-defined]


if __name__ == "__main__":
    asyncio.run(until_signal(body(Path(sys.argv[1]))))
