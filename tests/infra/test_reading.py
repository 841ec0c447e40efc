from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from infra.db.migrate import migrate
from infra.db.pools import API, async_pool
from infra.db.scope import Scope, scoped
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.reading import answer, of_stream
from infra.eventstore.types import Batch, Decided, Row
from schemas.base import TenantId
from schemas.envelope import Answer
from schemas.tenancy.events import TenantActivated

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TENANT = TenantId(uuid4())
STREAM = f"tenant-{TENANT}"


def batch(count: int) -> Batch:
    message = uuid4()
    event = TenantActivated(tenant_id=TENANT)
    data = event.model_dump_json().encode()
    head = (event.type_name, event.type_version, data, TENANT, None, "system:test", message, uuid4())
    rows = [Row(STREAM, version, *head, None, NOW) for version in range(1, count + 1)]
    stored = Answer(message_id=message, status="accepted", stream=STREAM, version=count, position=0)
    decided = Decided(stored, "hash", "tenancy.tenant.activate", TENANT, None)
    return Batch(recorded_at=NOW, decided=[decided], rows=rows)


async def test_the_edge_reads_answers_and_streams_of_its_own_tenant(
    fresh_database: Callable[..., str],
) -> None:
    url = fresh_database("reading")
    migrate(url)
    store = PostgresEventStore(url)
    written = batch(3)
    positions = store.commit(written)
    store.close()
    message = written.decided[0].answer.message_id
    async with async_pool(url, API, 1, 1) as pool:
        async with scoped(pool, Scope(tenant_id=TENANT)) as conn:
            found = await answer(conn, message)
            assert found is not None and found.position == positions[-1]
            events = await of_stream(conn, STREAM, positions[0], 10)
            assert [(r.version, r.position) for r in events] == [(2, positions[1]), (3, positions[2])]
            assert await of_stream(conn, STREAM, 0, 1) != events
        async with scoped(pool, Scope(tenant_id=TenantId(uuid4()))) as conn:
            assert await answer(conn, message) is None
            assert await of_stream(conn, STREAM, 0, 10) == []
