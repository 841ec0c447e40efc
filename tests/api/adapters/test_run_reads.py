"""Runs as the edge reads them, on a real Postgres, inside the scope of whoever asks."""

from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from api.adapters.reads import PostgresReads
from api.reads import BadCursor
from api.rows.runs import RunFilter
from bus.prepare import prepare
from infra.db.pools import API, async_pool
from infra.db.scope import Scope
from schemas.base import Event
from tests.projections import runs, stories
from tests.projections.world import OTHER_TENANT, TENANT, World
from tests.support.servers import FreshDatabase

MINE = Scope(tenant_id=TENANT)
THEIRS = Scope(tenant_id=OTHER_TENANT)


@pytest.fixture(scope="module")
async def database(fresh_database: FreshDatabase) -> str:
    url = fresh_database("run_reads")
    await prepare(url)
    return url


@pytest.fixture
async def store(database: str) -> AsyncIterator[World]:
    async with World(database) as world:
        await world.clear()
        yield world


@pytest.fixture
async def reads(store: World) -> AsyncIterator[PostgresReads]:
    async with async_pool(store.url, API, 1, 2) as pool:
        yield PostgresReads(pool)


async def told(store: World, id_: UUID, *events: Event) -> UUID:
    await store.given(store.record(f"execution-{id_}", stories.started(id_), *events))
    return id_


async def charged(store: World, id_: UUID, node: str, attempt: int = 1) -> None:
    call = stories.call(id_, node, attempt)
    events = [stories.authorized(call), stories.settled(call)]
    await store.given(store.record(stories.ledger(), *events))


async def test_runs_are_filtered(store: World, reads: PostgresReads) -> None:
    root, below = uuid4(), uuid4()
    await told(store, root)
    await store.given(store.record(f"execution-{below}", runs.child(below, root)))
    waiting = uuid4()
    await store.given(store.record(f"execution-{waiting}", runs.queued(waiting, trigger=runs.TRIGGER)))
    for wanted, expected in (
        (RunFilter(parent_id=root), [below]),
        (RunFilter(status="queued"), [waiting]),
        (RunFilter(trigger_id=runs.TRIGGER.trigger_id), [waiting]),
        (RunFilter(source_id=stories.WORKFLOW.id), [waiting, below, root]),
        (RunFilter(source_id=uuid4()), []),
    ):
        assert [row.id for row in (await reads.executions(MINE, None, 5, wanted)).items] == expected
        assert (await reads.executions(THEIRS, None, 5, wanted)).items == []
    row = await reads.run(MINE, waiting)
    assert row is not None and row.queue_reason is not None
    assert (row.status, row.queue_reason.running, row.started_at) == ("queued", 2, None)


async def test_what_a_run_spent_may_include_those_below(store: World, reads: PostgresReads) -> None:
    root, middle, leaf = uuid4(), uuid4(), uuid4()
    await told(store, root)
    await store.given(store.record(f"execution-{middle}", runs.child(middle, root)))
    await store.given(store.record(f"execution-{leaf}", runs.child(leaf, middle, root)))
    for id_ in (root, middle, leaf, leaf):
        await charged(store, id_, f"ask{len(store.log)}")
    assert (await reads.spending(MINE, root)).price == Decimal("0.12")
    tree = await reads.spending(MINE, root, with_children=True)
    assert (tree.calls, tree.price, tree.cost) == (4, Decimal("0.48"), Decimal("0.4"))
    assert (await reads.spending(MINE, middle, with_children=True)).calls == 3
    assert (await reads.spending(THEIRS, root, with_children=True)).calls == 0


async def test_a_timeline_joins_attempts_and_their_charges(store: World, reads: PostgresReads) -> None:
    id_ = uuid4()
    first = [runs.asks_model(id_, "ask"), runs.call_failed(id_, "ask"), runs.retry(id_, "ask")]
    second = [runs.asks_model(id_, "ask", 2), runs.model_answered(id_, "ask", 2)]
    await told(store, id_, *first, *second, runs.done(id_, "ask", attempt=2), runs.done(id_, "pure"))
    await charged(store, id_, "ask", 2)
    page = await reads.timeline(MINE, id_, None, 10)
    ask, pure = page.items
    assert [(a.attempt, a.status, a.error_code) for a in ask.attempts] == [
        (1, "failed", "provider_down"),
        (2, "succeeded", None),
    ]
    spent = ask.attempts[1].spent
    assert ask.attempts[0].spent is None
    assert spent is not None and (spent.price, spent.tokens) == (Decimal("0.12"), 17)
    assert (pure.kind, pure.attempts, page.next) == (None, (), None)
    assert await reads.pure_steps(MINE, id_) == 1
    assert (await reads.timeline(THEIRS, id_, None, 10)).items == []


async def test_a_timeline_tells_what_every_attempt_was_given(store: World, reads: PostgresReads) -> None:
    id_ = uuid4()
    first = [runs.asks_model(id_, "ask"), runs.call_failed(id_, "ask"), runs.retry(id_, "ask")]
    await told(store, id_, *first, runs.asks_model(id_, "ask", 2), runs.waits(id_, "paid"))
    await told(store, uuid4(), runs.waits(id_, "paid"))
    await store.store()
    ask, paid = (await reads.timeline(MINE, id_, None, 10)).items
    said = {"messages": [{"role": "user", "content": "Hi"}]}
    assert [attempt.inputs for attempt in ask.attempts] == [said, said]
    assert [attempt.inputs for attempt in paid.attempts] == [{"event": "paid", "until": runs.DUE.isoformat()}]


@pytest.mark.parametrize("size", [1, 2, 3, 500])
async def test_pages_of_a_timeline_join(store: World, reads: PostgresReads, size: int) -> None:
    id_ = uuid4()
    names = [f"s{number}" for number in range(5)]
    await told(store, id_, *(runs.done(id_, name) for name in names))
    seen, cursor = [], None
    while True:
        page = await reads.timeline(MINE, id_, cursor, size)
        seen += [step.node for step in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == names


async def test_two_runs_are_laid_side_by_side(store: World, reads: PostgresReads) -> None:
    one, other = uuid4(), uuid4()
    await told(store, one, runs.done(one, "a", {"x": 1}), runs.done(one, "b", "old"), runs.done(one, "c"))
    again = [runs.done(other, "a", {"x": 1.0}, reused_from=one), runs.done(other, "b", "new")]
    await store.given(store.record(f"execution-{other}", runs.forked(other, one), *again))
    seen, cursor = [], None
    while True:
        page = await reads.step_pairs(MINE, one, other, cursor, 2)
        seen += [(pair.node, pair.outputs, pair.other_reused_from) for pair in page.items]
        if (cursor := page.next) is None:
            break
    assert seen == [("a", "equal", one), ("b", "different", None), ("c", "only_this", None)]
    assert (await reads.step_pairs(THEIRS, one, other, None, 2)).items == []


async def test_approvals_are_read_by_those_who_may(store: World, reads: PostgresReads) -> None:
    id_ = uuid4()
    await told(store, id_, runs.asked(id_, "q", "ada"), runs.asked(id_, "r", "bob"))
    page = await reads.approvals(MINE, None, 1, "open", None)
    assert [row.node for row in page.items] == ["r"]
    rest = await reads.approvals(MINE, page.next, 1, "open", None)
    assert [row.node for row in rest.items] == ["q"]
    assert [row.node for row in (await reads.approvals(MINE, None, 9, None, ["ada"])).items] == ["q"]
    assert (await reads.approvals(THEIRS, None, 9, None, None)).items == []
    assert await reads.approval(THEIRS, id_, "q") is None
    found = await reads.approval(MINE, id_, "q")
    assert found is not None and found.deadline == runs.LATER


async def test_cursors_of_somebody_elses_making_are_refused(reads: PostgresReads) -> None:
    for cursor in ("", "x", "2026-09-01T00:00:00 a", "2026-09-01T00:00:00+00:00 a\0"):
        with pytest.raises(BadCursor):
            await reads.timeline(MINE, uuid4(), cursor, 5)
    with pytest.raises(BadCursor):
        await reads.step_pairs(MINE, uuid4(), uuid4(), "\0", 5)
