"""What is written down after a run of chaos: events, rows of projections, messages of the stream."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from nats.errors import TimeoutError as NothingLeft
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig

from bus import codec
from bus.streams import DEAD_LETTERS, EVENTS
from infra.eventstore.mapper import recorded
from infra.eventstore.postgres import PostgresEventStore
from schemas.envelope import Recorded

PAGE = 1_000

ENDS = """SELECT count(DISTINCT originator_id) FROM stored_events
WHERE originator_id = ANY(%s) AND topic IN
    ('execution.execution.succeeded', 'execution.execution.failed', 'execution.execution.cancelled')"""

STATE = """SELECT
    (SELECT coalesce(max(notification_id), 0) FROM stored_events),
    (SELECT min(position) FROM projections),
    (SELECT count(*) FROM holds WHERE status = 'open')
        + (SELECT count(*) FROM executions WHERE status NOT IN ('succeeded', 'failed', 'cancelled'))"""

CLAIMED = "SELECT count(*) FROM effect_claims WHERE effect = 'execution.make_call'"


@dataclass(frozen=True)
class Record:
    events: Sequence[Recorded]
    relayed: Sequence[int]
    """Positions, in the order of the stream."""
    dead_letters: int
    executions: dict[str, tuple[str, Any]]
    """Status and output by id, as projected."""
    entries: dict[str, Decimal]
    """Price by call key, as projected."""
    holds: dict[str, str]
    """Status by call key, as projected."""
    claimed: int


def ask(database_url: str, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    """As the worker: its policy shows every tenant's rows."""
    with psycopg.connect(database_url, options="-c role=hb_worker", connect_timeout=5) as conn:
        return conn.execute(query, values).fetchall()


async def asked(database_url: str, query: LiteralString, *values: object) -> list[tuple[Any, ...]] | None:
    """None while the database is away."""
    try:
        return await asyncio.to_thread(ask, database_url, query, *values)
    except psycopg.OperationalError:
        return None


async def ended(database_url: str, runs: Iterable[UUID]) -> int | None:
    rows = await asked(database_url, ENDS, [f"execution-{run}" for run in runs])
    return int(rows[0][0]) if rows else None


async def settled_down(database_url: str, js: JetStreamContext) -> bool:
    """Everything stored is relayed and projected, no hold is open, no subworkflow goes on."""
    rows = await asked(database_url, STATE)
    if not rows:
        return False
    last, projected, unfinished = rows[0]
    relayed = await last_relayed(js)
    return bool(last == projected == relayed and not unfinished)


async def last_relayed(js: JetStreamContext) -> int:
    state = (await js.stream_info(EVENTS)).state
    if not state.messages:
        return 0
    return codec.position((await js.get_msg(EVENTS, state.last_seq)).data or b"")


async def read(database_url: str, js: JetStreamContext) -> Record:
    query = "SELECT id::text, status, output FROM executions"
    executions = await asyncio.to_thread(ask, database_url, query)
    entries = await asyncio.to_thread(ask, database_url, "SELECT call_key, price_usd FROM ledger_entries")
    holds = await asyncio.to_thread(ask, database_url, "SELECT call_key, status FROM holds")
    claimed = await asyncio.to_thread(ask, database_url, CLAIMED)
    return Record(
        events=await asyncio.to_thread(stored, database_url),
        relayed=[position async for position in relayed_positions(js)],
        dead_letters=(await js.stream_info(DEAD_LETTERS)).state.messages,
        executions={id_: (status, output) for id_, status, output in executions},
        entries=dict(entries),
        holds=dict(holds),
        claimed=claimed[0][0],
    )


def stored(database_url: str) -> list[Recorded]:
    store = PostgresEventStore(database_url)
    events: list[Recorded] = []
    try:
        while page := store.after(events[-1].position if events else 0, PAGE):
            events.extend(recorded(row) for row in page)
    finally:
        store.close()
    return events


async def relayed_positions(js: JetStreamContext) -> AsyncIterator[int]:
    config = ConsumerConfig(ack_policy=AckPolicy.NONE)
    subscription = await js.pull_subscribe("evt.>", stream=EVENTS, config=config)
    left = (await js.stream_info(EVENTS)).state.messages
    while left > 0:
        try:
            messages = await subscription.fetch(min(left, PAGE), timeout=5)
        except NothingLeft:
            return
        left -= len(messages)
        for message in messages:
            yield codec.position(message.data)
    await subscription.unsubscribe()
