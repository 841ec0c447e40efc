"""The streams and durable consumers, created or brought up to date at start."""

from dataclasses import replace

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    ConsumerInfo,
    DiscardPolicy,
    PersistMode,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError, ServerError

from bus import subjects
from bus.failures import PATIENT
from infra.errors import SetupError

COMMANDS, REACTIONS, EVENTS, LIVE = "COMMANDS", "REACTIONS", "EVENTS", "LIVE"
DEAD_LETTERS, REDO, LEDGER = "DEAD_LETTERS", "REDO", "LEDGER"

GIB = 1024**3
DAY = 86_400.0

UNCHANGEABLE = 10_052
"""NATS's code for a configuration that a stream cannot be given once it exists."""

STREAMS = (
    # What clients were promised a 202 for is nowhere else yet: fsynced before the acknowledgement.
    # A full queue refuses new work (the edge says 503) instead of dropping old work. No work queue: that
    # would sync the disk for every command it forgets too; `sweep` takes out what is decided.
    StreamConfig(
        name=COMMANDS,
        subjects=[subjects.COMMANDS],
        retention=RetentionPolicy.LIMITS,
        allow_atomic=True,
        storage=StorageType.FILE,
        max_msgs=1_000_000,
        max_bytes=2 * GIB,
        discard=DiscardPolicy.NEW,
        duplicate_window=1,
    ),
    # Commands caused by events and timers: whoever sent one keeps it until it is answered, and sends it
    # again, so this queue need not wait for the disk.
    StreamConfig(
        name=REACTIONS,
        subjects=[subjects.REACTIONS],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        max_msgs=1_000_000,
        max_bytes=2 * GIB,
        discard=DiscardPolicy.NEW,
        persist_mode=PersistMode.ASYNC,
        duplicate_window=1,
    ),
    # Postgres is the record and the relay refills this one, so it need not wait for the disk.
    StreamConfig(
        name=EVENTS,
        subjects=[subjects.EVENTS],
        storage=StorageType.FILE,
        max_age=7 * DAY,
        max_bytes=8 * GIB,
        persist_mode=PersistMode.ASYNC,
        duplicate_window=1,
    ),
    # Token deltas for whoever watches a run now; the final text is an event.
    StreamConfig(
        name=LIVE,
        subjects=[subjects.LIVE],
        storage=StorageType.MEMORY,
        max_age=900,
        max_bytes=GIB // 16,
        max_msgs_per_subject=4_000,
        duplicate_window=1,
    ),
    StreamConfig(
        name=DEAD_LETTERS, subjects=[subjects.DEAD_LETTERS], storage=StorageType.FILE, max_bytes=GIB
    ),
    StreamConfig(
        name=REDO,
        subjects=[subjects.REDO],
        retention=RetentionPolicy.WORK_QUEUE,
        storage=StorageType.FILE,
        max_bytes=GIB,
    ),
    # The sealed ledger, for ever: nobody deletes or purges a message. Postgres refills it when it is lost.
    StreamConfig(
        name=LEDGER,
        subjects=[subjects.LEDGER_ENTRIES],
        storage=StorageType.FILE,
        deny_delete=True,
        deny_purge=True,
        persist_mode=PersistMode.ASYNC,
        duplicate_window=1,
    ),
)


class StreamInUse(SetupError):
    def __init__(self, name: str, messages: int) -> None:
        super().__init__(
            f"stream {name} cannot take its new configuration: {messages} messages are in it.",
            "Let the version that filled it run until the stream is empty, then start this one again.",
        )


async def ensure_streams(js: JetStreamContext) -> None:
    for config in STREAMS:
        try:
            await js.update_stream(config)
        except NotFoundError:
            await js.add_stream(config)
        except ServerError as error:
            if error.err_code != UNCHANGEABLE:
                raise
            await replace_empty(js, config)


async def replace_empty(js: JetStreamContext, config: StreamConfig) -> None:
    """What a server does not change in place, like the retention, changes when nothing is in the stream."""
    name = config.name or ""
    messages = (await js.stream_info(name)).state.messages
    if messages:
        raise StreamInUse(name, messages)
    await js.delete_stream(name)
    await js.add_stream(config)


def durable(
    name: str, filters: list[str], in_flight: int, ack_wait: float = PATIENT.ack_wait
) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=name,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ack_wait,
        max_deliver=-1,
        max_ack_pending=in_flight,
        filter_subjects=filters,
    )


async def ensure_consumer(js: JetStreamContext, stream: str, config: ConsumerConfig) -> None:
    """An existing consumer keeps its place and takes the new filters and limits."""
    filters = config.filter_subjects or []
    if len(filters) == 1:
        config = replace(config, filter_subject=filters[0], filter_subjects=None)
    await js.add_consumer(stream, config)


async def durables(js: JetStreamContext, stream: str) -> list[ConsumerInfo]:
    """Consumers that have work to do; those that only listen for a while keep nothing and owe nothing."""
    return [info for info in await js.consumers_info(stream) if info.config.durable_name]
