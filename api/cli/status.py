"""`hb status`: one look at everything."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2
from nats.js import JetStreamContext
from rich.table import Table

from api.cli import reading
from api.cli.endpoints import find
from api.cli.letters import bus
from api.cli.look import CROSS, TICK, out, table
from api.cli.repair import lag_table
from api.cli.witnesses import seen_by
from bus.streams import COMMANDS, DEAD_LETTERS, EVENTS, REACTIONS, REDO, durables
from infra.db.migrate import newest
from infra.embedded.backends import Endpoints
from infra.embedded.lock import holder
from infra.settings import Settings
from projections.lag import Lag, lag
from projections.tenants import queries as tenants

READY_SECONDS = 5.0


@dataclass(frozen=True)
class Queue:
    """`waiting`: not delivered yet; `in_hand`: delivered, not acknowledged."""

    consumer: str
    waiting: int
    in_hand: int


@dataclass(frozen=True)
class Service:
    name: str
    ok: bool
    note: str


def status(settings: Settings) -> int:
    """1 when something needs a person."""
    return asyncio.run(look(settings, find(settings)))


async def look(settings: Settings, endpoints: Endpoints) -> int:
    services = [await api_service(settings)]
    async with reading.connected(endpoints.database_url) as conn, bus(settings) as at:
        projections, reviews = await lag(conn), await tenants.to_review(conn, datetime.now(UTC))
        witnesses = [Service(*one) for one in await seen_by(conn, settings, time.time())]
        queues = [
            queue
            for stream in (COMMANDS, REACTIONS, EVENTS, REDO)
            for queue in await queues_of(at.js, stream)
        ]
        letters = (await at.js.stream_info(DEAD_LETTERS)).state.messages
    services.append(Service("Postgres", True, f"schema version {newest()}"))
    services.append(Service("NATS", True, endpoints.nats_url.rpartition("@")[2]))
    services.append(
        Service("Dead letters", not letters, f"{letters}, see `hb dlq list`" if letters else "none")
    )
    services += [held_service(reviews), *witnesses]
    for block in (service_table(services), lag_table(projections), queue_table(queues)):
        out.print()
        out.print(block)
    return int(needs_a_person(services, projections))


def needs_a_person(services: Sequence[Service], projections: Sequence[Lag]) -> bool:
    broken = any(one.status == "stopped" or one.parked for one in projections)
    return broken or not all(service.ok for service in services)


def held_service(reviews: int) -> Service:
    days = tenants.REVIEW_AFTER.days
    note = (
        f"{reviews} for {days} days: `hb tenants list --status suspended`, or restricted; decide about them"
    )
    return Service("Tenants held by hand", not reviews, note if reviews else f"none for {days} days")


async def api_service(settings: Settings) -> Service:
    pid, url = holder(settings.data_dir) or (None, None)
    url = url or f"http://{settings.api_host}:{settings.api_port}"
    by = f"{url}, started by pid {pid}" if pid else url
    try:
        async with httpx2.AsyncClient(timeout=READY_SECONDS, trust_env=False) as client:
            answer = await client.get(f"{url}/health/ready")
    except httpx2.HTTPError as error:
        return Service("API", False, f"{by}: {error or type(error).__name__}")
    told = answer.json()
    return Service("API", answer.is_success, by if answer.is_success else f"{by}: {told.get('detail')}")


async def queues_of(js: JetStreamContext, stream: str) -> list[Queue]:
    found = await durables(js, stream)
    return [Queue(one.name, one.num_pending or 0, one.num_ack_pending or 0) for one in found]


def service_table(services: Sequence[Service]) -> Table:
    made = table("", "service", "")
    for service in services:
        made.add_row(TICK if service.ok else CROSS, service.name, f"[quiet]{service.note}[/]")
    return made


def queue_table(queues: Sequence[Queue]) -> Table:
    """Names two streams share are of one consumer: its events, and what is given to it again."""
    made = table("", "queue", "waiting", "in hand", right=("waiting", "in hand"))
    for name in sorted({queue.consumer for queue in queues}):
        mine = [queue for queue in queues if queue.consumer == name]
        waiting, in_hand = sum(queue.waiting for queue in mine), sum(queue.in_hand for queue in mine)
        made.add_row("", name, str(waiting), str(in_hand))
    return made
