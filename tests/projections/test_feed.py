from collections.abc import Sequence

import psycopg
import pytest

from projections import feed
from projections.executions.project import PROJECTION as EXECUTIONS
from projections.feed import EventsMissing
from projections.fold import UnknownEvent
from projections.kernel import Projection, Tx
from projections.ledger_entries.project import PROJECTION as LEDGER_ENTRIES
from projections.registry import PROJECTIONS
from schemas.base import Event
from schemas.envelope import Recorded
from tests.projections import stories
from tests.projections.world import World


async def test_the_same_events_again_change_nothing(world: World) -> None:
    _, events = stories.run(world)
    await world.given(events)
    before = await world.everything("executions", "execution_steps")
    await world.conn.execute("UPDATE projections SET position = 0")
    await world.given(events)
    assert await world.everything("executions", "execution_steps") == before


async def test_the_cursor_passes_events_nobody_wanted(world: World) -> None:
    events = world.record("ledger-x", stories.authorized(stories.call()))
    assert await world.given(events, EXECUTIONS) == {"executions": events[-1].position}


async def test_a_gap_is_read_from_the_store(world: World) -> None:
    stories.run(world)
    _, last = stories.run(world)
    reached = await world.given(last[-1:], EXECUTIONS)
    assert reached == {"executions": last[-1].position}
    assert [row["status"] for row in await world.rows("executions")] == ["succeeded"] * 2


async def test_events_the_store_does_not_have_are_an_error(world: World) -> None:
    _, events = stories.run(world)
    world.log.clear()
    with pytest.raises(EventsMissing):
        await feed_with_previous(world, events)
    assert await world.rows("executions") == []


async def feed_with_previous(world: World, events: Sequence[Recorded]) -> None:
    await feed.apply(world.conn, [EXECUTIONS], events[1:], events[0].position, world.read_after)


async def test_poison_parks_its_stream_and_the_others_go_on(world: World) -> None:
    _, events = stories.run(world)
    orphan = world.record("execution-orphan", *[recorded.event for recorded in orphaned(world)])
    _, more = stories.run(world)
    reached = await world.given([*events, *orphan, *more], EXECUTIONS)
    assert reached == {"executions": more[-1].position}
    assert len(await world.rows("executions")) == 2
    [(stream, position, error)] = await parked(world)
    assert (stream, position) == ("execution-orphan", orphan[0].position)
    assert error.startswith("NotNullViolation")


def orphaned(world: World) -> list[Recorded]:
    """A run whose first event is missing."""
    _, events = stories.run(world)
    del world.log[-len(events) :]
    return events[1:]


async def parked(world: World) -> list[tuple[str, int, str]]:
    found = await world.conn.execute("SELECT stream, position, error FROM parked_streams")
    return await found.fetchall()


async def test_later_events_of_a_parked_stream_are_skipped(world: World) -> None:
    orphan = world.record("execution-orphan", *[recorded.event for recorded in orphaned(world)])
    await world.given(orphan[:2], EXECUTIONS)
    await world.given(orphan[2:], EXECUTIONS)
    assert len(await parked(world)) == 1
    assert await world.rows("executions") == []


async def test_poison_stops_a_money_projection_before_the_event(world: World) -> None:
    call = stories.call()
    events = world.record(
        stories.ledger(),
        stories.settled(stories.call()),
        stories.settled(call),
        stories.settled(call),
        stories.settled(stories.call()),
    )
    await world.given(events, LEDGER_ENTRIES)
    assert len(await world.rows("ledger_entries")) == 2
    status, position, error = await bookkeeping(world, "ledger_entries")
    assert (status, position) == ("stopped", events[2].position - 1)
    assert error is not None and error.startswith(f"{events[2].ref} at {events[2].position}: UniqueViolation")


async def bookkeeping(world: World, name: str) -> tuple[str, int, str | None]:
    query = "SELECT status, position, error FROM projections WHERE name = %s"
    found = await (await world.conn.execute(query, (name,))).fetchone()
    assert found is not None
    return found[0], found[1], found[2]


async def test_a_stopped_projection_is_left_alone_while_the_others_go_on(world: World) -> None:
    await world.conn.execute("UPDATE projections SET status = 'stopped' WHERE name = 'ledger_entries'")
    settled = world.record(stories.ledger(), stories.settled(stories.call()))
    _, events = stories.run(world)
    reached = await world.given([*settled, *events], EXECUTIONS, LEDGER_ENTRIES)
    assert reached == {"executions": events[-1].position, "ledger_entries": 0}
    assert await world.rows("ledger_entries") == []


async def test_a_missing_table_stops_the_projection_instead_of_parking_every_stream(own_world: World) -> None:
    async with await own_world.connect() as owner:
        await owner.execute("DROP TABLE execution_steps_v1 CASCADE")
    _, events = stories.run(own_world)
    await own_world.given(events, EXECUTIONS)
    assert (await bookkeeping(own_world, "executions"))[0] == "stopped"
    assert await parked(own_world) == []


async def test_a_lost_connection_is_not_the_events_fault(world: World) -> None:
    async def disconnect(events: Sequence[Recorded], tx: Tx) -> None:
        raise psycopg.OperationalError("gone")

    broken = Projection("executions", EXECUTIONS.events, "", EXECUTIONS.tables, disconnect)
    _, events = stories.run(world)
    with pytest.raises(psycopg.OperationalError):
        await world.given(events, broken)
    assert await parked(world) == []


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
async def test_an_event_without_a_handler_is_an_error(world: World, projection: Projection) -> None:
    class Foreign(Event, type_name="test.test.foreign"):
        pass

    events = world.record("test-1", Foreign())
    with pytest.raises(UnknownEvent):
        await projection.project(events, projection.tx(world.conn, 1))
