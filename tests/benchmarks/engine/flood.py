"""One tenant starts runs as fast as it can, in a process of its own: it must not slow who measures.

`python -m tests.benchmarks.engine.flood NATS_URL TENANT PARTNER WORKFLOW RUNS`
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import uvloop

from bus.broker import connected
from infra.embedded.process import PROJECT
from schemas.base import PartnerId, TenantId
from tests.benchmarks.lanes import seconds_for
from tests.support.client import Client, Tenancy

IN_FLIGHT = 256


@asynccontextmanager
async def flooding(nats_url: str, tenancy: Tenancy, workflow_id: UUID, runs: int) -> AsyncIterator[None]:
    """Leaving the block waits until the last run is submitted."""
    who = (str(tenancy.tenant_id), str(tenancy.partner_id), str(workflow_id), str(runs))
    command = (sys.executable, "-m", "tests.benchmarks.engine.flood", nats_url, *who)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=PROJECT)
    try:
        assert process.stdout
        await process.stdout.readline()
        yield
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()


async def main(arguments: Sequence[str]) -> None:
    nats_url, tenant, partner, workflow_id, runs = arguments
    tenancy = Tenancy(TenantId(UUID(tenant)), PartnerId(UUID(partner)))
    async with connected(nats_url, "flood") as bus:
        client = Client(bus)
        await client.start()
        await client.start_run(UUID(workflow_id), tenancy, {})
        print("begun", flush=True)
        await seconds_for(int(runs), IN_FLIGHT, lambda: client.start_run(UUID(workflow_id), tenancy, {}))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
