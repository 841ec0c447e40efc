from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg import AsyncConnection

from infra.db.pools import API, async_pool
from infra.db.scope import Scope, scoped
from projections.approvals import queries
from schemas.base import Event
from tests.projections import runs, stories
from tests.projections.world import OTHER_TENANT, TENANT, World


@pytest.fixture
async def api(world: World) -> AsyncIterator[AsyncConnection[Any]]:
    async with async_pool(world.url, API, 1, 1) as pool, scoped(pool, Scope(platform=True)) as conn:
        yield conn


async def told(world: World, id_: UUID, *events: Event) -> None:
    await world.given(world.record(f"execution-{id_}", *events))


async def nodes(api: AsyncConnection[Any], *names: str, **more: Any) -> list[str]:
    found = await queries.list_page(api, answerable_by=names or None, **more)
    return [row.node for row in found]


async def test_an_approval_is_open_until_it_is_answered(world: World, api: AsyncConnection[Any]) -> None:
    id_ = uuid4()
    await told(world, id_, stories.started(id_), runs.asked(id_, "q", "ada"))
    found = await queries.get(api, id_, "q")
    assert found is not None
    assert (found.status, found.message, found.assignees) == ("open", "May we?", ["ada"])
    assert (found.deadline, found.form, found.approved) == (runs.LATER, {"type": "object"}, None)
    await told(world, id_, runs.answered(id_, "q", approved=False))
    found = await queries.get(api, id_, "q")
    assert found is not None
    assert (found.status, found.approved, found.answered_by) == ("answered", False, "user:ada")
    assert found.data == {"why": "fine"}
    assert await queries.get(api, id_, "other") is None


async def test_an_approval_is_listed_for_those_who_may_answer(
    world: World, api: AsyncConnection[Any]
) -> None:
    id_ = uuid4()
    asked = runs.asked(id_, "boss", "ada@x.example", escalate_at=runs.DUE, escalate_to=("tenant_admin",))
    await told(world, id_, stories.started(id_), asked, runs.asked(id_, "anyone"))
    assert await nodes(api) == ["anyone", "boss"]
    assert await nodes(api, "u1", "ada@x.example") == ["anyone", "boss"]
    assert await nodes(api, "u2", "tenant_admin") == ["anyone"]
    await told(world, id_, runs.escalated(id_, "boss", "tenant_admin"))
    assert await nodes(api, "u2", "tenant_admin") == ["anyone", "boss"]
    assert await nodes(api, "u3") == ["anyone"]
    assert await nodes(api, tenant_id=OTHER_TENANT) == []
    assert len(await nodes(api, tenant_id=TENANT)) == 2


async def test_pages_of_approvals_join(world: World, api: AsyncConnection[Any]) -> None:
    id_ = uuid4()
    await told(world, id_, stories.started(id_), *(runs.asked(id_, f"q{n}") for n in range(5)))
    seen: list[str] = []
    before = None
    while rows := await queries.list_page(api, before, 2, status="open"):
        seen += [row.node for row in rows]
        before = (rows[-1].created_at, rows[-1].id)
    assert seen == ["q4", "q3", "q2", "q1", "q0"]


@pytest.mark.parametrize("end", [runs.cancelled, runs.broken])
async def test_nobody_is_asked_any_more_when_the_run_has_ended(
    world: World, api: AsyncConnection[Any], end: Any
) -> None:
    id_ = uuid4()
    await told(world, id_, stories.started(id_), runs.asked(id_, "q"), runs.asked(id_, "r"))
    await told(world, id_, runs.answered(id_, "r"), end(id_))
    assert {row.node: row.status for row in await queries.list_page(api)} == {
        "q": "abandoned",
        "r": "answered",
    }


async def test_a_deadline_that_fails_the_step_closes_its_approval(
    world: World, api: AsyncConnection[Any]
) -> None:
    id_ = uuid4()
    await told(world, id_, stories.started(id_), runs.asked(id_, "q"), runs.asked(id_, "q2"))
    await told(world, id_, runs.failed(id_, "q"))
    assert await nodes(api, status="open") == ["q2"]


@pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "one by one"])
async def test_what_is_asked_next_of_the_same_attempt_is_open_again(
    world: World, api: AsyncConnection[Any], at_once: bool
) -> None:
    """May the tool be used? Then: what became of its use?"""
    id_ = uuid4()
    unknown = runs.asked(id_, "q", purpose="unknown").model_copy(update={"message": "Do it again?"})
    events = [stories.started(id_), runs.asked(id_, "q", purpose="tool"), runs.answered(id_, "q"), unknown]
    for batch in [events] if at_once else [[event] for event in events]:
        await told(world, id_, *batch)
    found = await queries.get(api, id_, "q")
    assert found is not None
    assert (found.purpose, found.status, found.message) == ("unknown", "open", "Do it again?")
    assert (found.approved, found.data, found.answered_by, found.closed_at) == (None, None, None, None)
