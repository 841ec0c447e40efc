from collections.abc import Sequence

import pytest

from projections.executions.project import PROJECTION as EXECUTIONS
from projections.kernel import Projection, Tx
from projections.lag import lag
from projections.ledger_entries.project import PROJECTION as LEDGER_ENTRIES
from projections.repair import StillPoison, resume, unpark
from schemas.envelope import Recorded
from tests.projections import stories
from tests.projections.world import World


async def refuse(events: Sequence[Recorded], tx: Tx) -> None:
    raise ValueError("a defect in this release")


def defective(projection: Projection) -> Projection:
    events, tables = projection.events, projection.tables
    return Projection(projection.name, events, "", tables, refuse, money=projection.money)


async def test_a_stopped_projection_resumed_reads_what_it_missed(world: World) -> None:
    for _ in range(3):
        events = world.record(stories.ledger(), stories.settled(stories.call()))
        await world.given(events, defective(LEDGER_ENTRIES))
    assert await world.rows("ledger_entries") == []
    assert await resume(world.conn, "ledger_entries")
    await world.given(world.record(stories.ledger(), stories.settled(stories.call())), LEDGER_ENTRIES)
    assert len(await world.rows("ledger_entries")) == 4
    assert not await resume(world.conn, "ledger_entries")


async def test_an_unparked_stream_catches_up(world: World) -> None:
    _, events = stories.run(world)
    await world.given(events[:3], defective(EXECUTIONS))
    await world.given(events[3:], EXECUTIONS)
    assert await world.rows("executions") == []
    assert await unpark(world.conn, EXECUTIONS, events[0].stream, world.read_stream) == len(events)
    [row] = await world.rows("executions")
    assert (row["status"], row["position"]) == ("succeeded", events[-1].position)
    assert await unpark(world.conn, EXECUTIONS, events[0].stream, world.read_stream) == 0


async def test_a_stream_that_fails_again_stays_parked(world: World) -> None:
    _, events = stories.run(world)
    await world.given(events, defective(EXECUTIONS))
    with pytest.raises(StillPoison, match="a defect"):
        await unpark(world.conn, defective(EXECUTIONS), events[0].stream, world.read_stream)
    found = await (await world.conn.execute("SELECT count(*) FROM parked_streams")).fetchone()
    assert found == (1,)


async def test_lag_counts_events_and_seconds(world: World) -> None:
    await world.given(stories.run(world)[1], EXECUTIONS)
    _, events = stories.run(world)
    await world.store()
    await world.given(events[:2], EXECUTIONS)
    by_name = {row.name: row for row in await lag(world.conn)}
    behind = by_name["executions"]
    assert (behind.events, behind.position, behind.status) == (6, events[1].position, "live")
    assert by_name["users"].events == 16
    assert 0 < behind.seconds < by_name["users"].seconds
