import asyncio
from collections.abc import Sequence

import pytest

from projections import rebuild as module
from projections.executions.project import PROJECTION as EXECUTIONS
from projections.kernel import Projection
from projections.ledger_entries.project import PROJECTION as LEDGER_ENTRIES
from projections.rebuild import RebuildFailed, RebuildRunning, rebuild
from projections.registry import PROJECTIONS
from schemas.envelope import Recorded
from tests.projections import stories
from tests.projections.world import World


@pytest.fixture
def world(own_world: World) -> World:
    """A rebuild changes the schema."""
    return own_world


async def a_history(world: World) -> None:
    """A bit of everything, in batches as they come."""
    for _ in range(5):
        await world.given(stories.run(world)[1])
        call = stories.call()
        await world.given(world.record(stories.ledger(), stories.authorized(call), stories.settled(call)))
    await world.given(world.record(stories.ledger(), stories.authorized(stories.call())))
    await world.given(stories.run(world)[1][:4])
    del world.log[-4:]


async def test_a_rebuild_gives_the_rows_that_were_there(world: World) -> None:
    await a_history(world)
    for projection in PROJECTIONS:
        before = await world.everything(*projection.tables)
        assert await rebuild(world.connect, projection, world.read_after) == 2
        assert await world.everything(*projection.tables) == before
        assert await physical_tables(world, projection) == [f"{t}_v2" for t in sorted(projection.tables)]
        assert await bookkeeping(world, projection) == [(projection.name, 2, world.log[-1].position, "live")]


async def physical_tables(world: World, projection: Projection) -> list[str]:
    query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ %s ORDER BY relname"
    found = await world.conn.execute(query, (f"^({'|'.join(projection.tables)})_v[0-9]+$",))
    return [name for (name,) in await found.fetchall()]


async def bookkeeping(world: World, projection: Projection) -> list[tuple[str, int, int, str]]:
    query = "SELECT name, version, position, status FROM projections WHERE name LIKE %s"
    found = await world.conn.execute(query, (f"{projection.name}%",))
    return await found.fetchall()


async def test_the_feed_goes_on_with_the_new_version(world: World) -> None:
    await a_history(world)
    await rebuild(world.connect, EXECUTIONS, world.read_after)
    count = len(await world.rows("executions"))
    await world.given(stories.run(world)[1])
    assert len(await world.rows("executions")) == count + 1


async def test_reads_and_the_feed_go_on_while_it_runs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 20)
    for _ in range(10):
        await world.given(stories.run(world)[1])
    running = asyncio.create_task(rebuild(world.connect, EXECUTIONS, world.read_after))
    while not running.done():
        counts = len(await world.rows("executions"))
        await world.given(stories.run(world)[1])
        assert len(await world.rows("executions")) == counts + 1
    assert await running == 2
    assert await bookkeeping(world, EXECUTIONS) == [("executions", 2, world.log[-1].position, "live")]


async def test_a_long_reader_delays_the_switch_and_is_not_hurt(world: World) -> None:
    await a_history(world)
    reader = await world.connection("hb_api")
    async with reader.transaction():
        await reader.execute("SELECT set_config('app.scope', 'platform', true)")
        await reader.execute("SELECT count(*) FROM execution_steps")
        running = asyncio.create_task(rebuild(world.connect, EXECUTIONS, world.read_after))
        await asyncio.sleep(0.7)
        assert not running.done()
        await reader.execute("SELECT count(*) FROM executions")
    assert await running == 2


async def test_an_owner_that_is_no_superuser_can_rebuild(world: World) -> None:
    await world.given(stories.run(world)[1][1:])
    before = await world.everything("executions", "execution_steps")
    owner = await world.owned_by("hb_test_owner")
    assert await rebuild(owner, EXECUTIONS, world.read_after) == 2
    assert await world.everything("executions", "execution_steps") == before


async def test_two_rebuilds_of_one_projection_exclude_each_other(world: World) -> None:
    await a_history(world)
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(position: int, limit: int) -> Sequence[Recorded]:
        entered.set()
        await leave.wait()
        return await world.read_after(position, limit)

    first = asyncio.create_task(rebuild(world.connect, EXECUTIONS, slow))
    await entered.wait()
    with pytest.raises(RebuildRunning):
        await rebuild(world.connect, EXECUTIONS, world.read_after)
    leave.set()
    assert await first == 2


async def test_an_interrupted_rebuild_leaves_the_live_version_and_can_be_repeated(world: World) -> None:
    await a_history(world)

    async def broken(position: int, limit: int) -> Sequence[Recorded]:
        raise ConnectionError

    before = await world.everything("executions")
    with pytest.raises(ConnectionError):
        await rebuild(world.connect, EXECUTIONS, broken)
    assert await world.everything("executions") == before
    assert await rebuild(world.connect, EXECUTIONS, world.read_after) == 2


async def test_money_is_not_rebuilt_past_an_event_it_cannot_take(world: World) -> None:
    call = stories.call()
    await world.given(world.record(stories.ledger(), stories.settled(call)))
    world.record(stories.ledger(), stories.settled(call))
    with pytest.raises(RebuildFailed, match="UniqueViolation"):
        await rebuild(world.connect, LEDGER_ENTRIES, world.read_after)
    assert len(await world.rows("ledger_entries")) == 1


async def test_streams_parked_in_a_rebuild_replace_those_parked_before(world: World) -> None:
    healed = stories.run(world)[1]
    await world.given(healed[1:], EXECUTIONS)
    await world.conn.execute(
        "INSERT INTO parked_streams (projection, stream, position, error, tenant_id) "
        "VALUES ('executions', 'execution-old', 1, 'x', %s)",
        (healed[0].tenant_id,),
    )
    _, events = stories.run(world)
    del world.log[-len(events) :]
    orphan = world.record("execution-orphan", *[recorded.event for recorded in events[1:]])
    await rebuild(world.connect, EXECUTIONS, world.read_after)
    found = await world.conn.execute("SELECT projection, stream, position FROM parked_streams")
    assert await found.fetchall() == [("executions", "execution-orphan", orphan[0].position)]
