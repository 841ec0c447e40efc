"""What the edge hears of the bus."""

import asyncio
from uuid import uuid4

from api.adapters.live import BusLive
from bus.broker import connected
from bus.live import DeltaSink, LiveFeed
from bus.streams import ensure_streams
from schemas.base import TenantId

SOON = 5.0


async def test_deltas_are_heard_and_closing_ends_the_subscription(nats_url: str) -> None:
    tenant, run = TenantId(uuid4()), uuid4()
    async with connected(nats_url, "test") as bus:
        await ensure_streams(bus.js)
        before = len(bus.nc._subs)
        live = await BusLive(LiveFeed(bus.nc, bus.js)).subscribe(f"execution-{run}", tenant)
        await DeltaSink(bus.nc).open(tenant, run, "draft", 1).write("hello")
        message = await asyncio.wait_for(live.__anext__(), SOON)
        assert (message.kind, message.data["text"]) == ("delta", "hello")
        await live.aclose()  # type: ignore[attr-defined]
        assert len(bus.nc._subs) == before


async def test_a_subscription_nobody_listened_to_ends_too(nats_url: str) -> None:
    async with connected(nats_url, "test") as bus:
        await ensure_streams(bus.js)
        before = len(bus.nc._subs)
        live = await BusLive(LiveFeed(bus.nc, bus.js)).subscribe("execution-x", TenantId(uuid4()))
        await live.aclose()  # type: ignore[attr-defined]
        assert len(bus.nc._subs) == before
