"""The record folded by what the checks ask for."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from schemas.base import TenantId
from schemas.billing import events as b
from schemas.envelope import Recorded
from schemas.execution import events as e
from tests.acceptance.chaos.evidence import run_key, unknown_outcomes
from tests.acceptance.chaos.record import Record
from tests.acceptance.chaos.runs import AnyRun
from tests.acceptance.chaos.story import End
from tests.support.workflows.expected import Given, Outcome

ENDS = (e.ExecutionSucceeded, e.ExecutionFailed, e.ExecutionCancelled)
ABANDONING = (e.ExecutionFailed, e.ExecutionCancelled, e.ItemFailed, e.StepFailed)
CLOSING = (b.CallSettled, b.CallReleased, b.CallWrittenOff)
RUN = "execution-"


@dataclass(frozen=True)
class Side:
    """A tenant of the drill: its people, and the runs it was shown over the API."""

    tenant_id: TenantId
    owner: str
    chief: str
    shown: Sequence[UUID]


@dataclass
class Facts:
    runs: Sequence[AnyRun]
    record: Record
    sides: Mapping[int, Side]
    provider_calls: int
    tool_uses: Mapping[str, int]
    streams: dict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    completed: Counter[str] = field(default_factory=Counter)
    failed: set[str] = field(default_factory=set)
    abandoned: set[str] = field(default_factory=set)
    settled: dict[str, list[b.CallSettled]] = field(default_factory=lambda: defaultdict(list))
    holds: dict[str, str] = field(default_factory=dict)
    lost_calls: int = 0
    unknown: dict[str, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for recorded in self.record.events:
            self.streams[recorded.stream].append(recorded)
            self._take(recorded.event)
        for events in self.started.values():
            if key := run_key(events):
                self.unknown.update(unknown_outcomes(key, events))

    def _take(self, event: Any) -> None:
        match event:
            case e.CallCompleted():
                self.completed[event.call.key] += 1
            case e.CallFailed():
                self.failed.add(event.call.key)
                self.lost_calls += event.error.lost
            case b.CallAuthorized():
                self.holds[event.call.key] = "open"
            case b.CallUnknown():
                self.holds[event.call.key] = "unknown"
        if isinstance(event, ABANDONING):
            self.abandoned.update(call.key for call in event.open_calls)
        if isinstance(event, CLOSING):
            self.holds.pop(event.call.key, None)
        if isinstance(event, b.CallSettled):
            self.settled[event.call.key].append(event)

    @property
    def started(self) -> dict[str, list[Recorded]]:
        """Every run by its stream, subworkflows as well."""
        return {stream: events for stream, events in self.streams.items() if stream.startswith(RUN)}

    def given(self, run: AnyRun) -> Given:
        side = self.sides[run.tenant]
        return Given(side.owner, side.chief, self.unknown)

    def ends_of(self, run: AnyRun) -> list[End]:
        return ends_in(self.streams.get(f"{RUN}{run.id}", ()))

    @property
    def ended(self) -> int:
        return sum(bool(self.ends_of(run)) for run in self.runs)

    @property
    def stuck(self) -> int:
        return len(self.runs) - self.ended

    @property
    def settles_per_call(self) -> float:
        return sum(map(len, self.settled.values())) / max(1, len(self.settled))

    @property
    def lost(self) -> int:
        """Runs without an end, events not relayed, completed calls not settled."""
        events = len({r.position for r in self.record.events} - set(self.record.relayed))
        return self.stuck + events + len(self.completed.keys() - self.settled.keys())

    @property
    def doubled(self) -> int:
        """Ends, relayed events and settles beyond the first."""
        ends = sum(max(0, len(self.ends_of(run)) - 1) for run in self.runs)
        relayed = len(self.record.relayed) - len(set(self.record.relayed))
        return ends + relayed + sum(len(settles) - 1 for settles in self.settled.values())


def ends_in(events: Sequence[Recorded]) -> list[End]:
    return [recorded.event for recorded in events if isinstance(recorded.event, ENDS)]
