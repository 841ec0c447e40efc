"""What only Postgres must be asked: that no reader misses an event, and who may do what."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.recorder import APPEND, Recorder, parameters
from infra.eventstore.types import Conflict
from schemas.base import TenantId
from tests.support.batches import batch

WRITERS = 16
EACH = 40


class SlowRecorder(Recorder):
    """Stops between numbering its events and committing them, until it may go on."""

    def __init__(self, store: PostgresEventStore) -> None:
        super().__init__(store.datastore)
        self.numbered, self.go_on = threading.Event(), threading.Event()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        with self.datastore.get_connection() as conn, conn.transaction():
            rows = conn.execute(APPEND, parameters(kwargs["batch"])).fetchall()
            self.numbered.set()
            assert self.go_on.wait(30)
        return [row["position"] for row in rows]


@pytest.fixture
def slow(store_url: str) -> Iterator[tuple[PostgresEventStore, SlowRecorder]]:
    store = PostgresEventStore(store_url)
    store.recorder = recorder = SlowRecorder(store)
    yield store, recorder
    store.close()


@contextmanager
def connected(url: str, role: str | None = None, **settings: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, options=f"-c role={role}" if role else None) as conn:
        for name, value in settings.items():
            conn.execute("SELECT set_config(%s, %s, true)", (f"app.{name}", value))
        yield conn


def new_stream() -> str:
    return f"tenant-{uuid4()}"


def end(store: PostgresEventStore) -> int:
    return store.previous(2**62)


def test_a_tailing_reader_misses_nothing_of_many_writers(postgres_store: PostgresEventStore) -> None:
    start = end(postgres_store)
    with ThreadPoolExecutor(WRITERS) as writers:
        writing = [writers.submit(write, postgres_store) for _ in range(WRITERS)]
        read = tail(postgres_store, start, WRITERS * EACH, lambda: all(w.done() for w in writing))
    written = sorted(position for w in writing for position in w.result())
    assert read == written


def write(store: PostgresEventStore) -> list[int]:
    stream = new_stream()
    return [store.commit(batch(stream, [version]))[0] for version in range(1, EACH + 1)]


def tail(store: PostgresEventStore, position: int, wanted: int, ended: Any) -> list[int]:
    """Positions as a reader sees them that never looks back."""
    read: list[int] = []
    while len(read) < wanted:
        no_more = ended()
        page = store.after(position, 50)
        if not page and no_more:
            break
        read += [row.position for row in page]
        position = read[-1] if read else position
    return read


@pytest.mark.parametrize("before", range(1, 8))
def test_a_refused_batch_does_not_spoil_its_connection(store_url: str, before: int) -> None:
    """Whether the statement was prepared already or not: psycopg prepares what is used again."""
    store, message_id = PostgresEventStore(store_url, pool_size=1), uuid4()
    with closing(store):
        store.commit(batch(new_stream(), [1], message_id))
        for _ in range(before):
            store.commit(batch(new_stream(), [1]))
        with pytest.raises(Conflict):
            store.commit(batch(new_stream(), [1], message_id))
        store.after(0, 1)
        for _ in range(3):
            store.commit(batch(new_stream(), [1]))


def test_database_functions_are_off(postgres_store: PostgresEventStore) -> None:
    """With them events get lost: they number events without the lock."""
    assert postgres_store.datastore.enable_db_functions is False


def test_nobody_is_numbered_while_numbered_events_are_not_visible(
    postgres_store: PostgresEventStore, slow: tuple[PostgresEventStore, SlowRecorder]
) -> None:
    start, (slow_store, recorder) = end(postgres_store), slow
    with ThreadPoolExecutor(2) as writers:
        first = writers.submit(slow_store.commit, batch(new_stream(), [1]))
        assert recorder.numbered.wait(30)
        second = writers.submit(postgres_store.commit, batch(new_stream(), [1]))
        overtaken = wait([second], timeout=0.3).done
        seen = postgres_store.after(start, 10)
        recorder.go_on.set()
        positions = [*first.result(), *second.result()]
    assert (overtaken, seen) == (set(), [])
    assert [row.position for row in postgres_store.after(start, 10)] == positions


@pytest.mark.parametrize("role", ["hb_worker", "hb_api", None], ids=["worker", "api", "owner"])
@pytest.mark.parametrize("table", ["stored_events", "commands"])
@pytest.mark.parametrize("change", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_record_cannot_be_changed(
    postgres_store: PostgresEventStore, store_url: str, role: str | None, table: str, change: str
) -> None:
    postgres_store.commit(batch(new_stream(), [1]))
    with connected(store_url, role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(change.format(table).encode())


@pytest.mark.parametrize("table", ["stored_events", "commands"])
def test_the_api_sees_the_rows_of_its_tenant_only(
    postgres_store: PostgresEventStore, store_url: str, table: str
) -> None:
    mine, other = (TenantId(uuid4()) for _ in range(2))
    for tenant_id in (mine, other):
        postgres_store.commit(batch(new_stream(), [1], tenant_id=tenant_id))
    with connected(store_url, "hb_api", tenant_id=str(mine)) as conn:
        assert tenants(conn, table) == {mine}


@pytest.mark.parametrize("table", ["stored_events", "commands"])
def test_the_api_without_a_tenant_sees_nothing(
    postgres_store: PostgresEventStore, store_url: str, table: str
) -> None:
    postgres_store.commit(batch(new_stream(), [1]))
    with connected(store_url, "hb_api") as conn:
        assert tenants(conn, table) == set()


@pytest.mark.parametrize("table", ["claims", "snapshots", "effect_claims", "checkpoints"])
def test_the_api_cannot_read_what_only_workers_need(store_url: str, table: str) -> None:
    with connected(store_url, "hb_api") as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(f"SELECT FROM {table}".encode())


def tenants(conn: psycopg.Connection, table: str) -> set[UUID]:
    return {row[0] for row in conn.execute(f"SELECT tenant_id FROM {table}".encode())}
