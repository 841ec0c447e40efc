"""Whose turn it is, part one: who runs, who waits, and whether a new run may begin at once.

Only runs that a person, a client or a trigger started count; a subworkflow's run takes no turn of its own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from uuid import UUID

from schemas.base import Event, PartnerId, TenantId
from schemas.envelope import Recorded
from schemas.execution import events as e
from schemas.execution.types import QueueReason

Scope = Literal["tenant", "partner", "platform"]
Place = tuple[Scope, UUID | None]
"""What a limit is for: a tenant, a partner, or all."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many runs may be under way at a time."""

    tenant: int
    partner: int
    platform: int


class Run(NamedTuple):
    """`position`: of the last event taken in. `queued_at`: of the first, which is the run's age.

    A run may be parked and paused at the same time. `scope`: of the limit it was queued for.
    """

    execution_id: UUID
    tenant_id: TenantId
    partner_id: PartnerId | None
    position: int
    started: bool
    parked: bool = False
    paused: bool = False
    ended: bool = False
    priority: int = 5
    weight: int = 1
    queued_at: int = 0
    scope: str = "tenant"

    @property
    def running(self) -> bool:
        return self.started and not (self.parked or self.paused or self.ended)

    @property
    def waiting(self) -> bool:
        return not (self.started or self.paused or self.ended)


@dataclass
class Occupancy:
    """Runs by id, and how many run and wait at each place. An event heard twice changes nothing.

    With `base` it is what would be: its own changes over the base's, which does not change meanwhile.
    """

    base: "Occupancy | None" = None
    runs: dict[UUID, Run] = field(default_factory=dict)
    _running: Counter[Place] = field(default_factory=Counter)
    _waiting: Counter[Place] = field(default_factory=Counter)

    def find(self, execution_id: UUID) -> Run | None:
        own = self.runs.get(execution_id)
        return own if own or self.base is None else self.base.find(execution_id)

    def put(self, run: Run) -> None:
        if before := self.find(run.execution_id):
            self._count(before, -1)
        self._count(run, 1)
        self.runs[run.execution_id] = run

    def drop(self, execution_id: UUID) -> None:
        """Takes back its own word on a run: what the base says counts again."""
        if own := self.runs.pop(execution_id, None):
            self._count(own, -1)
            if before := self.find(execution_id):
                self._count(before, 1)

    def running(self, place: Place) -> int:
        return self._running[place] + (self.base.running(place) if self.base else 0)

    def waiting(self, place: Place) -> int:
        """At a partner or the platform: the runs that were queued for its limit."""
        return self._waiting[place] + (self.base.waiting(place) if self.base else 0)

    def _count(self, run: Run, by: int) -> None:
        if run.running:
            for place in places(run.tenant_id, run.partner_id):
                add(self._running, place, by)
        elif run.waiting:
            for place in places(run.tenant_id, run.partner_id):
                if place[0] in ("tenant", run.scope):
                    add(self._waiting, place, by)


def add(counts: Counter[Place], place: Place, by: int) -> None:
    """Places with nothing to count are not kept: an idle tenant costs nothing."""
    counts[place] += by
    if not counts[place]:
        del counts[place]


def places(tenant_id: TenantId, partner_id: PartnerId | None) -> Iterator[Place]:
    yield "tenant", tenant_id
    if partner_id is not None:
        yield "partner", partner_id
    yield "platform", None


def limits_by_place(
    tenant_id: TenantId, partner_id: PartnerId | None, limits: Limits
) -> Iterator[tuple[Place, int]]:
    for place in places(tenant_id, partner_id):
        yield place, getattr(limits, place[0])


def full(
    occupancy: Occupancy, tenant_id: TenantId, partner_id: PartnerId | None, limits: Limits
) -> QueueReason | None:
    """The first limit that is reached, the narrowest first."""
    for place, limit in limits_by_place(tenant_id, partner_id, limits):
        running = occupancy.running(place)
        if running >= limit:
            return QueueReason(scope=place[0], limit=limit, running=running)
    return None


def reason_to_wait(
    occupancy: Occupancy, tenant_id: TenantId, partner_id: PartnerId | None, limits: Limits
) -> QueueReason | None:
    """For a run that comes now: a place that is free is not free when somebody waits for it already."""
    for place, limit in limits_by_place(tenant_id, partner_id, limits):
        running = occupancy.running(place)
        if running + occupancy.waiting(place) >= limit:
            return QueueReason(scope=place[0], limit=limit, running=running)
    return None


def apply(occupancy: Occupancy, recorded: Recorded) -> Run | None:
    """Takes in one event; the run it changed, if it did."""
    before = occupancy.find(run_id_of(recorded.event)) if type(recorded.event) in CHANGES else None
    if before and recorded.position <= before.position:
        return None
    after = following(before, recorded.event, recorded.tenant_id, recorded.partner_id, recorded.position)
    if after:
        occupancy.put(after)
    return after


def following(
    before: Run | None, event: Event, tenant_id: TenantId, partner_id: PartnerId | None, position: int
) -> Run | None:
    """The run after an event that matters; None when it does not, or is a subworkflow's."""
    match event:
        case e.ExecutionQueued():
            new = Run(event.execution_id, tenant_id, partner_id, position, started=False, queued_at=position)
            return new._replace(priority=event.priority, weight=event.weight, scope=event.reason.scope)
        case e.ExecutionStarted() if event.parent is None:
            new = before or Run(event.execution_id, tenant_id, partner_id, position, started=True)
            return new._replace(position=position, started=True)
    changes = CHANGES.get(type(event))
    return before._replace(position=position, **changes) if before and changes else None


CHANGES: Mapping[type[Event], Mapping[str, Any]] = {
    e.ExecutionQueued: {},
    e.ExecutionStarted: {},
    e.ExecutionParked: {"parked": True},
    e.ExecutionPaused: {"paused": True},
    e.ExecutionWoken: {"parked": False},
    e.ExecutionResumed: {"paused": False},
    e.ExecutionSucceeded: {"ended": True},
    e.ExecutionFailed: {"ended": True},
    e.ExecutionCancelled: {"ended": True},
}
"""The events that matter here, and what each says of a run that is known."""


def run_id_of(event: Any) -> UUID:
    """Of an event in CHANGES."""
    execution_id: UUID = event.execution_id
    return execution_id
