"""Whose turn it is, part two: which of the waiting runs begin next.

Tenants take turns: each may begin runs worth `QUANTUM` per round, counted in nodes. A run may be worth more
than its tenant has left and begins all the same; the tenant then sits out until the rounds have made up for
it. So nobody's first run waits longer than one round, however heavy or many the others' are.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from uuid import UUID

from contexts.execution.admission import Limits, Occupancy, Run, full
from schemas.base import TenantId

QUANTUM = 8

LimitsOf = Callable[[TenantId], Limits]


@dataclass
class Line:
    """One tenant's waiting runs, by priority and then by age. What has left it is skipped when met."""

    runs: dict[UUID, Run] = field(default_factory=dict)
    order: list[tuple[int, int, UUID]] = field(default_factory=list)
    credit: int = 0

    def add(self, run: Run) -> None:
        if run.execution_id not in self.runs:
            heappush(self.order, (run.priority, run.queued_at, run.execution_id))
        self.runs[run.execution_id] = run

    def first(self) -> Run:
        while self.order[0][2] not in self.runs:
            heappop(self.order)
        return self.runs[self.order[0][2]]


@dataclass
class Queue:
    """Only tenants with waiting runs are in it."""

    lines: dict[TenantId, Line] = field(default_factory=dict)
    turns: deque[TenantId] = field(default_factory=deque)

    def add(self, run: Run) -> None:
        if run.tenant_id not in self.lines:
            self.lines[run.tenant_id] = Line()
            self.turns.append(run.tenant_id)
        self.lines[run.tenant_id].add(run)

    def remove(self, run: Run) -> None:
        line = self.lines.get(run.tenant_id)
        if line and line.runs.pop(run.execution_id, None) and not line.runs:
            del self.lines[run.tenant_id]
            self.turns.remove(run.tenant_id)

    def __len__(self) -> int:
        return sum(len(line.runs) for line in self.lines.values())


def next_runs(queue: Queue, occupancy: Occupancy, limits_of: LimitsOf, count: int) -> list[Run]:
    """At most `count` runs whose turn it is. They leave the queue and count as running in `occupancy`."""
    taken: list[Run] = []
    blocked = 0
    while len(taken) < count and blocked < len(queue.turns):
        tenant_id = queue.turns[0]
        line = queue.lines[tenant_id]
        if reason := full(occupancy, tenant_id, line.first().partner_id, limits_of(tenant_id)):
            if reason.scope == "platform":
                break
            blocked += 1
            queue.turns.rotate(-1)
            continue
        blocked = 0
        if line.credit <= 0:
            line.credit += QUANTUM
        if line.credit > 0:
            taken.append(begin(queue, occupancy, line))
        if line.credit <= 0 and line.runs:
            queue.turns.rotate(-1)
    return taken


def begin(queue: Queue, occupancy: Occupancy, line: Line) -> Run:
    run = line.first()
    line.credit -= run.weight
    queue.remove(run)
    occupancy.put(run._replace(started=True))
    return run
