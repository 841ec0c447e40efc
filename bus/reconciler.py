"""Proves that nothing is forgotten: looks again and again for what is overdue, and sends it on its way.

Timers wake what is due; this finds what they missed. A healthy system has nothing here but the runs of
tenants that may work again, runs in which nothing happened for longer than they allow, and triggers whose
run was refused where nobody noted it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID, uuid5

import structlog

from bus.publisher import Submitter, seal
from bus.repeating import repeatedly
from infra.metrics import OVERDUE
from projections.executions.overdue import IdleRun, OverdueRun, OverdueStep, Reinstated
from projections.triggers.overdue import PendingStart
from schemas.authoring.commands import RefuseDelivery
from schemas.base import Command, PartnerId, TenantId
from schemas.envelope import Actor, Envelope, Problem
from schemas.execution.commands import ExpireExecution, ResumeExecution, WakeStep

LOCK = 4_805_006
EVERY_SECONDS = 5.0
LATE = timedelta(seconds=15)
"""The timers' own delay, and some more: what is overdue for longer has no owner."""

START_PATIENCE = timedelta(hours=1)
"""So long the start of a trigger's run may stay undecided; then there will be none."""

PAGE = 200
PAGES = 50
"""A look ends here at the latest; what is left is found by the next, once this is done."""

ANSWER_SECONDS = 10.0
TRIES = 3
IDS = UUID("6a1f0a52-2f0e-4f57-9b8b-0f8b6b1f4c35")
ACTOR = Actor(kind="system", id="reconciler")
EPOCH, NIL = datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0)

NOT_STARTED = Problem(code="authoring.start_overdue", message="The run was not started in time.")

Found = OverdueStep | OverdueRun | IdleRun | Reinstated | PendingStart
T = TypeVar("T", bound=Found)

log = structlog.get_logger(__name__)


class OverdueTable(Protocol):
    """Pages in order, each beginning after the row given."""

    async def steps(self, before: datetime, after: OverdueStep, limit: int) -> Sequence[OverdueStep]: ...

    async def runs(self, before: datetime, after: OverdueRun, limit: int) -> Sequence[OverdueRun]: ...

    async def idle(self, before: datetime, after: IdleRun, limit: int) -> Sequence[IdleRun]: ...

    async def reinstated(self, after: Reinstated, limit: int) -> Sequence[Reinstated]: ...

    async def starts(self, before: datetime, after: PendingStart, limit: int) -> Sequence[PendingStart]: ...


class Reconciler:
    """One active; run it under `leader.lead`."""

    def __init__(self, table: OverdueTable, submitter: Submitter, clock: Callable[[], datetime]) -> None:
        self._table, self._submitter, self._clock = table, submitter, clock

    async def run(self) -> None:
        await repeatedly(self.look, EVERY_SECONDS, "reconciler")

    async def look(self) -> int:
        """Sends on what is found now; how many."""
        count = 0
        async for page in self._found(self._clock() - LATE):
            for found in page:
                note(found)
            await asyncio.gather(*(self._tell(found) for found in page))
            count += len(page)
        return count

    async def _found(self, before: datetime) -> AsyncIterator[Sequence[Found]]:
        table = self._table
        step, run = OverdueStep(NIL, "", 0, EPOCH, NIL, None), OverdueRun(NIL, EPOCH, NIL, None)
        async for steps in pages(lambda after: table.steps(before, after, PAGE), step):
            yield steps
        async for runs in pages(lambda after: table.runs(before, after, PAGE), run):
            yield runs
        async for idle in pages(lambda after: table.idle(before, after, PAGE), IdleRun(NIL, 0, NIL, None)):
            yield idle
        async for resumable in pages(
            lambda after: table.reinstated(after, PAGE), Reinstated(NIL, 0, NIL, None)
        ):
            yield resumable
        pending = PendingStart(NIL, NIL, "", EPOCH, 0, NIL, None)
        async for starts in pages(lambda after: table.starts(before, after, PAGE), pending):
            yield [start for start in starts if start.refused or start.since < before - START_PATIENCE]

    async def _tell(self, found: Found) -> None:
        envelope, command = sealed(found)
        answer = await self._submitter.tell(envelope, command.stream_id, ANSWER_SECONDS, TRIES)
        if answer.refusal:
            log.warning("reconciler refused", stream=command.stream_id, code=answer.refusal.code)


async def pages(read: Callable[[T], Awaitable[Sequence[T]]], after: T) -> AsyncIterator[Sequence[T]]:
    for _ in range(PAGES):
        page = await read(after)
        if page:
            yield page
            after = page[-1]
        if len(page) < PAGE:
            return


def wanted(found: Found) -> tuple[Command, str]:
    """The command that sends it on, and what makes this occasion of it the only one."""
    if isinstance(found, PendingStart):
        return given_up(found), f"start/{found.id}/{found.event_position}"
    id_ = found.execution_id
    match found:
        case OverdueStep():
            wake = WakeStep(execution_id=id_, node=found.node, attempt=found.attempt)
            return wake, f"step/{id_}/{found.node}/{found.attempt}/{found.due_at.isoformat()}"
        case OverdueRun():
            return ExpireExecution(execution_id=id_), f"run/{id_}/{found.due_at.isoformat()}"
        case IdleRun():
            expire = ExpireExecution(execution_id=id_, idle_since=found.events)
            return expire, f"idle/{id_}/{found.events}"
        case Reinstated():
            return ResumeExecution(execution_id=id_), f"resume/{id_}/{found.position}"


def given_up(start: PendingStart) -> RefuseDelivery:
    problem = start.refused or NOT_STARTED
    return RefuseDelivery(trigger_id=start.trigger_id, occurrence=start.occurrence, problem=problem)


def sealed(found: Found) -> tuple[Envelope, Command]:
    """Found again before the answer shows in the table, it is the same wish."""
    command, occasion = wanted(found)
    envelope = seal(
        command,
        tenant_id=TenantId(found.tenant_id),
        partner_id=PartnerId(found.partner_id) if found.partner_id else None,
        actor=ACTOR,
        message_id=uuid5(IDS, occasion),
        causation=f"reconciler:{occasion.partition('/')[0]}",
    )
    return envelope, command


def note(found: Found) -> None:
    if isinstance(found, PendingStart):
        code = (found.refused or NOT_STARTED).code
        log.warning("no run begins", trigger_id=str(found.trigger_id), occurrence=found.occurrence, code=code)
        return
    if isinstance(found, Reinstated | IdleRun):
        what = "run goes on" if isinstance(found, Reinstated) else "run is idle"
        log.info(what, execution_id=str(found.execution_id), tenant_id=str(found.tenant_id))
        return
    kind = "step" if isinstance(found, OverdueStep) else "run"
    OVERDUE.labels(kind).inc()
    log.error(
        "overdue",
        kind=kind,
        execution_id=str(found.execution_id),
        node=getattr(found, "node", None),
        tenant_id=str(found.tenant_id),
        due_at=found.due_at.isoformat(),
    )
