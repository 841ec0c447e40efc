"""What is overdue, and who is told: the rules with a table in memory, the queries with a real Postgres."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from prometheus_client import REGISTRY

from bus.publisher import Submitter
from bus.reconciler import EPOCH, LATE, NIL, NOT_STARTED, PAGE, PAGES, START_PATIENCE, Reconciler, sealed
from projections.executions import overdue
from projections.executions.overdue import IdleRun, OverdueRun, OverdueStep, Reinstated
from projections.triggers.overdue import PendingStart
from schemas.authoring.commands import RefuseDelivery
from schemas.base import Command
from schemas.envelope import Answer, Envelope, Problem
from schemas.execution.commands import ExpireExecution, ResumeExecution, WakeStep
from schemas.registry import command_from
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.servers import FreshDatabase

DUE = NOW - timedelta(minutes=1)


def step(number: int, node: str = "draft", due_at: datetime = DUE) -> OverdueStep:
    return OverdueStep(UUID(int=number), node, 1, due_at, TENANT_ID, PARTNER_ID)


def run(number: int) -> OverdueRun:
    return OverdueRun(UUID(int=number), DUE, TENANT_ID, PARTNER_ID)


def reinstated(number: int, position: int = 7) -> Reinstated:
    return Reinstated(UUID(int=number), position, TENANT_ID, PARTNER_ID)


class Table:
    def __init__(
        self,
        steps: Sequence[OverdueStep] = (),
        runs: Sequence[OverdueRun] = (),
        resumable: Sequence[Reinstated] = (),
        idle: Sequence[IdleRun] = (),
        starts: Sequence[PendingStart] = (),
    ) -> None:
        self._starts = starts
        self._steps, self._runs, self._reinstated, self._idle = steps, runs, resumable, idle

    async def steps(self, before: datetime, after: OverdueStep, limit: int) -> list[OverdueStep]:
        key = (after.due_at, after.execution_id, after.node)
        later = [s for s in self._steps if (s.due_at, s.execution_id, s.node) > key and s.due_at < before]
        return later[:limit]

    async def runs(self, before: datetime, after: OverdueRun, limit: int) -> list[OverdueRun]:
        key = (after.due_at, after.execution_id)
        return [r for r in self._runs if (r.due_at, r.execution_id) > key and r.due_at < before][:limit]

    async def idle(self, before: datetime, after: IdleRun, limit: int) -> list[IdleRun]:
        return [r for r in self._idle if r.execution_id > after.execution_id][:limit]

    async def reinstated(self, after: Reinstated, limit: int) -> list[Reinstated]:
        return [r for r in self._reinstated if r.execution_id > after.execution_id][:limit]

    async def starts(self, before: datetime, after: PendingStart, limit: int) -> list[PendingStart]:
        return [s for s in self._starts if s.id > after.id and s.since < before][:limit]


class Told(Submitter):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    async def tell(self, envelope: Envelope, stream_id: str, wait: float, tries: int) -> Answer:
        self.commands.append(command_from(envelope.type, envelope.data))
        status: dict[str, Any] = {"status": "accepted", "version": 1, "position": 1, "refusal": None}
        return Answer(message_id=envelope.message_id, stream=stream_id, **status)


def counted(kind: str) -> float:
    return REGISTRY.get_sample_value("hb_overdue_total", {"kind": kind}) or 0.0


async def test_everything_found_is_sent_on_by_its_own_command() -> None:
    told, before = Told(), (counted("step"), counted("run"))
    table = Table([step(1, "each[3].draft")], [run(2)], [reinstated(3)])
    assert await Reconciler(table, told, lambda: NOW).look() == 3
    assert told.commands == [
        WakeStep(execution_id=UUID(int=1), node="each[3].draft", attempt=1),
        ExpireExecution(execution_id=UUID(int=2)),
        ResumeExecution(execution_id=UUID(int=3)),
    ]
    assert (counted("step"), counted("run")) == (before[0] + 1, before[1] + 1)


TOO_LARGE = Problem(code="event.too_large", message="too much")


def start(number: int, refused: Problem | None = None, since: datetime = DUE) -> PendingStart:
    return PendingStart(UUID(int=number), UUID(int=9), f"o{number}", since, 5, TENANT_ID, PARTNER_ID, refused)


async def test_a_start_that_was_refused_or_waits_for_too_long_is_given_up() -> None:
    told, old = Told(), NOW - START_PATIENCE - LATE - timedelta(seconds=1)
    table = Table(starts=[start(1, TOO_LARGE), start(2), start(3, since=old), start(4, TOO_LARGE, since=NOW)])
    assert await Reconciler(table, told, lambda: NOW).look() == 2
    assert told.commands == [
        RefuseDelivery(trigger_id=UUID(int=9), occurrence="o1", problem=TOO_LARGE),
        RefuseDelivery(trigger_id=UUID(int=9), occurrence="o3", problem=NOT_STARTED),
    ]


async def test_a_healthy_system_finds_nothing() -> None:
    told = Told()
    table = Table([step(1, due_at=NOW - LATE), step(2, due_at=NOW + LATE)])
    assert await Reconciler(table, told, lambda: NOW).look() == 0
    assert told.commands == []


async def test_what_is_stuck_does_not_keep_the_next_page_from_being_looked_at() -> None:
    told = Told()
    found = await Reconciler(Table([step(n) for n in range(1, 2 * PAGE + 2)]), told, lambda: NOW).look()
    assert found == len(told.commands) == 2 * PAGE + 1


async def test_a_look_is_bounded() -> None:
    table = Table([step(n) for n in range(1, PAGE * PAGES + 2)])
    assert await Reconciler(table, Told(), lambda: NOW).look() == PAGE * PAGES


@pytest.mark.parametrize(
    ("found", "again", "later"),
    [
        (step(1), step(1), step(1, due_at=NOW)),
        (reinstated(1), reinstated(1), reinstated(1, position=9)),
    ],
    ids=["step", "resume"],
)
def test_the_same_occasion_is_the_same_wish(
    found: OverdueStep, again: OverdueStep, later: OverdueStep
) -> None:
    ids = [sealed(one)[0].message_id for one in (found, again, later)]
    assert ids[0] == ids[1] != ids[2]


@pytest.fixture
def tables_url(fresh_database: FreshDatabase) -> str:
    """The columns the queries read."""
    url = fresh_database("overdue")
    with psycopg.connect(url) as conn:
        conn.execute(
            """CREATE TABLE tenants (id uuid, status text);
            CREATE TABLE executions (id uuid, status text, pause_reason text, deadline timestamptz,
                finished_at timestamptz, position bigint, tenant_id uuid, partner_id uuid,
                idle_seconds double precision, events bigint, updated_at timestamptz);
            CREATE TABLE execution_steps (execution_id uuid, node text, attempt integer, due_at timestamptz,
                finished_at timestamptz, tenant_id uuid, partner_id uuid)"""
        )
    return url


@pytest.fixture
async def conn(tables_url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    async with await psycopg.AsyncConnection.connect(tables_url) as conn:
        yield conn


async def given_run(
    conn: psycopg.AsyncConnection,
    number: int,
    status: str = "running",
    deadline: datetime = NOW,
    finished: bool = False,
    reason: str | None = None,
    tenant: UUID = TENANT_ID,
    idle_seconds: float | None = None,
) -> None:
    end = NOW if finished else None
    known = (UUID(int=number), status, reason, deadline, end, number, tenant, PARTNER_ID)
    values = (*known, idle_seconds, 9, DUE)
    await conn.execute(f"INSERT INTO executions VALUES ({', '.join(['%s'] * len(values))})", values)


async def given_step(
    conn: psycopg.AsyncConnection, number: int, node: str, due_at: datetime | None, finished: bool = False
) -> None:
    values = (UUID(int=number), node, 1, due_at, NOW if finished else None, TENANT_ID, PARTNER_ID)
    await conn.execute("INSERT INTO execution_steps VALUES (%s, %s, %s, %s, %s, %s, %s)", values)


async def test_open_steps_of_open_runs_are_overdue_page_by_page(conn: psycopg.AsyncConnection) -> None:
    await given_run(conn, 1)
    await given_run(conn, 2, "failed", finished=True)
    for node in ("c", "a", "b"):
        await given_step(conn, 1, node, DUE)
    await given_step(conn, 1, "ended", DUE, finished=True)
    await given_step(conn, 1, "in_time", NOW)
    await given_step(conn, 1, "never_due", None)
    await given_step(conn, 2, "outlived", DUE)
    start = OverdueStep(NIL, "", 0, EPOCH, NIL, None)
    first = await overdue.steps(conn, NOW, start, 2)
    second = await overdue.steps(conn, NOW, first[-1], 2)
    assert [*first, *second] == [step(1, node) for node in ("a", "b", "c")]


async def test_open_runs_past_their_deadline_are_overdue(conn: psycopg.AsyncConnection) -> None:
    await given_run(conn, 1, deadline=DUE)
    await given_run(conn, 2, deadline=DUE, finished=True)
    await given_run(conn, 3)
    start = OverdueRun(NIL, EPOCH, NIL, None)
    assert await overdue.runs(conn, NOW, start, 10) == [run(1)]
    assert await overdue.runs(conn, NOW, run(1), 10) == []


async def test_what_a_suspension_paused_goes_on_once_the_tenant_may_work(
    conn: psycopg.AsyncConnection,
) -> None:
    suspended = UUID(int=50)
    for tenant, status in ((TENANT_ID, "active"), (suspended, "suspended")):
        await conn.execute("INSERT INTO tenants VALUES (%s, %s)", (tenant, status))
    await given_run(conn, 1, "paused", reason="suspended")
    await given_run(conn, 2, "paused", reason="user")
    await given_run(conn, 3, "paused", reason="suspended", tenant=suspended)
    await given_run(conn, 4, "running", reason="suspended")
    start = Reinstated(NIL, 0, NIL, None)
    assert await overdue.reinstated(conn, start, 10) == [reinstated(1, position=1)]


async def test_runs_in_which_nothing_happened_for_longer_than_they_allow_are_idle(
    conn: psycopg.AsyncConnection,
) -> None:
    await given_run(conn, 1, idle_seconds=30)
    await given_run(conn, 2, idle_seconds=90)
    await given_run(conn, 3, "waiting", idle_seconds=30)
    await given_run(conn, 4, finished=True, idle_seconds=30)
    await given_run(conn, 5)
    found = await overdue.idle(conn, NOW, IdleRun(NIL, 0, NIL, None), 10)
    assert found == [IdleRun(UUID(int=1), 9, TENANT_ID, PARTNER_ID)]
    assert sealed(found[0])[1] == ExpireExecution(execution_id=UUID(int=1), idle_since=9)
