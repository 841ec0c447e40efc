"""A closed tenant's content goes from the record, and nothing else does: in memory and on Postgres."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from uuid import UUID, uuid4

import psycopg
import pytest

from infra.db.pools import ERASER, async_pool, options
from infra.eventstore import erasing
from infra.eventstore.erasing import ContentEraser
from infra.eventstore.mapper import recorded
from infra.eventstore.payloads import externalise, month_of
from infra.eventstore.postgres import PostgresEventStore
from infra.eventstore.types import Batch, EventStore, OwnedPayload, Place, Row, Snapshot
from schemas.authoring.definition import Source
from schemas.base import Event, TenantId
from schemas.envelope import Refusal
from schemas.execution.events import ExecutionStarted, StepSucceeded
from schemas.notifications.events import LetterRequested
from schemas.tenancy.erasure import ContentErased, ErasureBegun
from schemas.tenancy.events import TenantRestricted
from tests.support.batches import decided, row
from tests.support.builders import NOW, PARTNER_ID
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.fakes.tenancy import MemoryContent
from tests.support.letters import letter

LARGE, KEPT = "x" * 40_000, "hb:payload: what begins like a marker stands beside its event"
SOURCE = Source(kind="workflow", id=UUID(int=3), version=1, hash="h", name="Letters")
RUN = UUID(int=100)
Erase = Callable[[TenantId], Awaitable[Mapping[str, int]]]


@pytest.fixture
def forgotten() -> list[UUID]:
    """The letters that were to be dropped."""
    return []


@pytest.fixture
async def erase(
    store: EventStore, store_url: str, forgotten: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Erase]:
    async def forget(letters: Collection[UUID]) -> int:
        forgotten.extend(letters)
        return len(letters)

    if isinstance(store, MemoryEventStore):
        yield MemoryContent(store, forget).erase
        return
    monkeypatch.setattr(erasing, "POSITIONS", 2)
    async with async_pool(store_url, ERASER, 0, 1) as pool:
        yield ContentEraser(pool, forget).erase


@pytest.fixture
def tenant() -> TenantId:
    return TenantId(uuid4())


def write(store: EventStore, tenant: TenantId, stream: str, *events: Event) -> None:
    done = decided(uuid4(), stream, len(events), tenant_id=tenant, type="execution.execution.start")
    made = Batch(NOW, [done])
    for version, event in enumerate(events, start=1):
        slim, who = externalise(event), {"tenant_id": tenant, "message_id": done.answer.message_id}
        made.rows.append(
            row(stream, version, type=event.type_name, type_version=event.type_version, data=slim.data, **who)
        )
        made.payloads.extend(OwnedPayload(tenant, PARTNER_ID, payload) for payload in slim.payloads)
    store.commit(made)


def run_of(store: EventStore, tenant: TenantId) -> str:
    stream = f"execution-{uuid4()}"
    inputs = {"secret": "our plans\x00", "large": LARGE + str(tenant)}
    began = ExecutionStarted(execution_id=RUN, source=SOURCE, inputs=inputs, deadline=NOW)
    done = StepSucceeded(execution_id=RUN, node="draft", attempt=1, output="our plans")
    write(store, tenant, stream, began, done)
    return stream


def life_of(store: EventStore, tenant: TenantId) -> str:
    """Closed, with something of it that stays and refers to a large value."""
    stream = f"tenant-{tenant}"
    held = TenantRestricted(tenant_id=tenant, reason=KEPT, cause="operator", status="restricted")
    write(store, tenant, stream, held, ErasureBegun(tenant_id=tenant))
    return stream


def rows(store: EventStore, *streams: str) -> list[Row]:
    return list(store.streams(dict.fromkeys(streams, 0)))


async def test_its_events_are_tombstones_in_their_places(
    store: EventStore, erase: Erase, tenant: TenantId
) -> None:
    life, run = life_of(store, tenant), run_of(store, tenant)
    before = rows(store, run, life)
    touched = await erase(tenant)
    after = rows(store, run, life)
    assert [one._replace(type="", type_version=1, data=b"") for one in after] == [
        one._replace(type="", type_version=1, data=b"") for one in before
    ]
    tombstones = [recorded(one).event for one in after if one.stream == run]
    assert tombstones == [
        ContentErased(was="execution.execution.started", source=SOURCE),
        ContentErased(was="execution.execution.step_succeeded"),
    ]
    assert [one for one in after if one.stream == life] == [one for one in before if one.stream == life]
    assert b"our plans" not in b"".join(one.data for one in after)
    assert touched["events"] == 2


async def test_large_values_go_but_what_the_rest_refers_to(
    store: EventStore, erase: Erase, tenant: TenantId
) -> None:
    life_of(store, tenant)
    run_of(store, tenant)
    large = place_of(tenant, LARGE + str(tenant))
    assert store.payloads({large})
    assert (await erase(tenant))["payloads"] == 1
    assert store.payloads({large}) == {}
    assert store.payloads({place_of(tenant, KEPT)})


def place_of(tenant: TenantId, text: str) -> Place:
    [payload] = externalise(StepSucceeded(execution_id=RUN, node="x", attempt=1, output=text)).payloads
    return Place(tenant, month_of(NOW), payload.hash)


async def test_done_again_it_counts_the_same(store: EventStore, erase: Erase, tenant: TenantId) -> None:
    life_of(store, tenant)
    run_of(store, tenant)
    assert await erase(tenant) == await erase(tenant)


async def test_of_others_nothing_is_touched(store: EventStore, erase: Erase, tenant: TenantId) -> None:
    other = TenantId(uuid4())
    life_of(store, tenant)
    theirs = run_of(store, other)
    before = rows(store, theirs)
    await erase(tenant)
    assert rows(store, theirs) == before


async def test_folded_states_and_kept_letters_go(
    store: EventStore, erase: Erase, tenant: TenantId, forgotten: list[UUID]
) -> None:
    life_of(store, tenant)
    run, ledger = f"execution-{uuid4()}", f"ledger-{tenant}-2026-11"
    letter_id = uuid4()
    write(store, tenant, f"letter-{letter_id}", LetterRequested(letter=letter(letter_id=letter_id)))
    store.save_snapshots([Snapshot(stream, 1, "shape", tenant, b"{}") for stream in (run, ledger)])
    touched = await erase(tenant)
    assert [one.stream for one in store.snapshots([run, ledger])] == [ledger]
    assert forgotten == [letter_id]
    assert (touched["snapshots"], touched["kept_letters"]) == (1, 1)


async def test_why_a_command_was_refused_is_not_quoted_any_more(
    postgres_store: PostgresEventStore, store_url: str, tenant: TenantId
) -> None:
    said = Refusal(code="execution.bad_input", kind="invalid", detail="our plans\x00 are too long")
    done = decided(
        uuid4(), "execution-none", 0, tenant_id=tenant, type="execution.execution.start", refusal=said
    )
    postgres_store.commit(Batch(NOW, [done]))
    life_of(postgres_store, tenant)
    async with async_pool(store_url, ERASER, 0, 1) as pool:
        assert (await ContentEraser(pool, nothing).erase(tenant))["refusals"] == 1
        assert (await ContentEraser(pool, nothing).erase(tenant))["refusals"] == 1
    found, _ = postgres_store.load([done.answer.message_id], {})
    assert found[done.answer.message_id].answer.refusal == Refusal(
        code="execution.bad_input", kind="invalid", detail="erased"
    )


async def nothing(letters: Collection[UUID]) -> int:
    return 0


REFUSED = {
    "an event": "UPDATE stored_events SET topic = 'tenancy.content.erased' WHERE tenant_id = %s",
    "a payload": "DELETE FROM payloads WHERE tenant_id = %s",
    "an answer": "UPDATE commands SET refusal = '' WHERE tenant_id = %s",
}
"""Of a tenant that is there."""


@pytest.mark.parametrize("role", [ERASER, None], ids=["the eraser", "the owner"])
@pytest.mark.parametrize("what", REFUSED)
def test_nobody_erases(
    postgres_store: PostgresEventStore, store_url: str, tenant: TenantId, what: str, role: str | None
) -> None:
    run_of(postgres_store, tenant)
    with acting(store_url, role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(REFUSED[what].encode(), (tenant,))


@pytest.mark.parametrize("role", [ERASER, None], ids=["the eraser", "the owner"])
def test_of_a_tenant_that_is_erased_only_content_goes_and_into_nothing_else(
    postgres_store: PostgresEventStore, store_url: str, tenant: TenantId, role: str | None
) -> None:
    life, run = life_of(postgres_store, tenant), run_of(postgres_store, tenant)
    change = b"UPDATE stored_events SET topic = %s WHERE originator_id = %s"
    for topic, stream in (("tenancy.content.erased", life), ("execution.execution.paused", run)):
        with acting(store_url, role) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(change, (topic, stream))


def acting(url: str, role: str | None) -> psycopg.Connection:
    return psycopg.connect(url, options=options(role) if role else None, autocommit=True)
