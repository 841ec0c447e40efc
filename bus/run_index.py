"""Who runs, who waits and which tenants are out of the ordinary, followed event by event."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, get_args
from uuid import UUID

from pydantic_core import from_json

from bus import codec
from contexts.execution.admission import CHANGES, Limits, Occupancy, Run, apply
from schemas.base import Event, TenantId
from schemas.envelope import Recorded
from schemas.tenancy.events import (
    TenantLimitsSet,
    TenantPastDue,
    TenantReinstated,
    TenantRestricted,
    TenantSuspended,
)
from schemas.tenancy.life import TenantClosed, TenantClosingBegun, TenantClosingWithdrawn
from schemas.tenancy.types import STOPPED

Held = (
    TenantPastDue
    | TenantRestricted
    | TenantReinstated
    | TenantSuspended
    | TenantClosingBegun
    | TenantClosingWithdrawn
    | TenantClosed
)
HELD: tuple[type[Event], ...] = get_args(Held)
FOLLOWED: tuple[type[Event], ...] = (*CHANGES, TenantLimitsSet, *HELD)


@dataclass
class Tenants:
    """The suspended and closed ones, and those with limits of their own: all others cost nothing."""

    stopped: set[TenantId] = field(default_factory=set)
    max_runs: dict[TenantId, int] = field(default_factory=dict)

    def take_in(self, event: Event) -> None:
        if isinstance(event, Held):
            change = self.stopped.add if event.status in STOPPED else self.stopped.discard
            change(event.tenant_id)
        match event:
            case TenantLimitsSet(max_runs=None):
                self.max_runs.pop(event.tenant_id, None)
            case TenantLimitsSet(max_runs=int(max_runs)):
                self.max_runs[event.tenant_id] = max_runs

    def limits(self, tenant_id: TenantId, usual: Limits) -> Limits:
        """A tenant that is stopped begins nothing."""
        own = 0 if tenant_id in self.stopped else self.max_runs.get(tenant_id)
        return usual if own is None else replace(usual, tenant=own)


@dataclass
class Picture:
    """How things are after all events up to `position`. Of some runs newer ones may be in it already."""

    position: int = 0
    occupancy: Occupancy = field(default_factory=Occupancy)
    tenants: Tenants = field(default_factory=Tenants)

    def take_in(self, recorded: Recorded) -> Run | None:
        """In order of position. The run that changed; one that ended is forgotten."""
        self.position = recorded.position
        self.tenants.take_in(recorded.event)
        run = apply(self.occupancy, recorded)
        if run and run.ended:
            self.occupancy.drop(run.execution_id)
        return run


class RunIndex:
    """`offer` and `reset` may be called from another thread than the one that uses the rest."""

    def __init__(self) -> None:
        self.picture = Picture()
        self._news: deque[bytes | Recorded | Picture] = deque()

    @property
    def occupancy(self) -> Occupancy:
        return self.picture.occupancy

    def offer(self, event: bytes | Recorded) -> None:
        """A followed event, in order of position; as it came over the wire, or read already."""
        self._news.append(event)

    def reset(self, picture: Picture) -> None:
        self._news.append(picture)

    def catch_up(self) -> Iterator[Run]:
        """Takes in what came since the last time, while it is asked for the runs that changed."""
        while self._news:
            news = self._news.popleft()
            if isinstance(news, Picture):
                yield from self._replace(news)
            elif run := self._take_in(news):
                yield run

    def put(self, runs: Iterable[Run]) -> None:
        """What this process did itself, before it hears of it."""
        for run in runs:
            self.occupancy.put(run)

    def _replace(self, picture: Picture) -> Iterator[Run]:
        """What is known of some runs is newer than the picture: it stays."""
        before, self.picture = self.picture, picture
        for run in before.occupancy.runs.values():
            if run.position > picture.position:
                picture.occupancy.put(run)
            elif run.execution_id not in picture.occupancy.runs:
                yield replace(run, ended=True)
        picture.position = max(picture.position, before.position)
        yield from list(picture.occupancy.runs.values())

    def _take_in(self, news: bytes | Recorded) -> Run | None:
        if isinstance(news, Recorded):
            return self.picture.take_in(news) if news.position > self.picture.position else None
        head: dict[str, Any] = from_json(news)
        if head["position"] <= self.picture.position:
            return None
        if self._knows(head):
            self.picture.position = head["position"]
            return None
        return self.picture.take_in(codec.recorded(head))

    def _knows(self, head: dict[str, Any]) -> bool:
        """Most events are this process's own, and not worth reading in full."""
        execution_id = head["data"].get("execution_id")
        run = self.occupancy.runs.get(UUID(execution_id)) if execution_id else None
        if run is None or head["position"] > run.position:
            return False
        if run.ended and head["type"] in ENDS:
            self.occupancy.drop(run.execution_id)
        return True


ENDS = frozenset(event.type_name for event, changes in CHANGES.items() if changes.get("ended"))
