"""What must be true after any chaos. Each check gives the facts that differ; none means it holds."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from schemas.billing import events as b
from schemas.envelope import Recorded
from schemas.execution import events as e
from tests.acceptance.chaos.random_runs import RandomRun
from tests.acceptance.chaos.record import Record
from tests.acceptance.chaos.story import End, Run

AnyRun = Run | RandomRun
ENDS = (e.ExecutionSucceeded, e.ExecutionFailed, e.ExecutionCancelled)
ABANDONING = (e.ExecutionFailed, e.ExecutionCancelled, e.ItemFailed, e.StepFailed)
CLOSING = (b.CallSettled, b.CallReleased, b.CallWrittenOff)


@dataclass
class Facts:
    """The record and the same folded by what the checks ask for."""

    runs: Sequence[AnyRun]
    record: Record
    provider_calls: int
    streams: dict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    completed: Counter[str] = field(default_factory=Counter)
    failed: set[str] = field(default_factory=set)
    abandoned: set[str] = field(default_factory=set)
    settled: dict[str, list[b.CallSettled]] = field(default_factory=lambda: defaultdict(list))
    holds: dict[str, str] = field(default_factory=dict)
    lost_calls: int = 0

    def __post_init__(self) -> None:
        for recorded in self.record.events:
            self.streams[recorded.stream].append(recorded)
            self._take(recorded.event)

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

    def ends_of(self, run: AnyRun) -> list[End]:
        events = [recorded.event for recorded in self.streams.get(f"execution-{run.id}", ())]
        return [event for event in events if isinstance(event, ENDS)]

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


def every_run_ended_as_expected(facts: Facts) -> Iterator[str]:
    for run in facts.runs:
        match facts.ends_of(run):
            case [end]:
                if not run.accepts(end):
                    yield f"run {run.id} ({run.key}): {end!r}"
            case []:
                trail = [f"{r.position}:{r.event.type_name}" for r in facts.streams[f"execution-{run.id}"]]
                yield f"run {run.id}: never ended: {trail[-4:]}"
            case ends:
                yield f"run {run.id}: ended with {ends}"


def streams_have_no_gaps(facts: Facts) -> Iterator[str]:
    for stream, events in facts.streams.items():
        versions = [recorded.version for recorded in events]
        if versions != list(range(1, len(versions) + 1)):
            yield f"{stream}: versions {versions[:20]}"


def nothing_follows_an_end(facts: Facts) -> Iterator[str]:
    for run in facts.runs:
        events = facts.streams.get(f"execution-{run.id}", [])
        for place, recorded in enumerate(events[:-1]):
            if isinstance(recorded.event, ENDS):
                yield f"run {run.id}: {events[place + 1].event.type_name} after its end"


def each_answered_call_is_settled_once(facts: Facts) -> Iterator[str]:
    for key, times in facts.completed.items():
        if times != 1 or len(facts.settled[key]) != 1:
            yield f"call {key}: completed {times} times, settled {len(facts.settled[key])} times"
    for key, settles in facts.settled.items():
        if len(settles) != 1:
            yield f"call {key}: settled {len(settles)} times"
    for key in facts.settled.keys() - facts.completed.keys() - facts.failed - facts.abandoned:
        yield f"call {key}: settled though neither answered nor failed"


def no_hold_is_open(facts: Facts) -> Iterator[str]:
    """A lost call's hold stays `unknown` until its time is up; that is its rule."""
    for key, status in facts.holds.items():
        if status == "open":
            yield f"hold {key}: open"
    if facts.record.holds != facts.holds:
        yield f"holds: projected {len(facts.record.holds)}, folded {len(facts.holds)}"


def debits_equal_credits(facts: Facts) -> Iterator[str]:
    for key, settles in facts.settled.items():
        for settle in settles:
            signed = [p.amount if p.side == "debit" else -p.amount for p in settle.postings]
            if sum(signed, Decimal(0)) or not settle.postings:
                yield f"entry {key}: postings {settle.postings}"


def no_call_was_made_twice(facts: Facts) -> Iterator[str]:
    if facts.provider_calls > facts.record.claimed:
        yield f"the provider was asked {facts.provider_calls} times for {facts.record.claimed} claimed calls"


def all_was_relayed_once_in_order(facts: Facts) -> Iterator[str]:
    stored = [recorded.position for recorded in facts.record.events]
    if list(facts.record.relayed) != stored:
        missing = sorted(set(stored) - set(facts.record.relayed))[:5]
        yield f"EVENTS: {len(facts.record.relayed)} messages for {len(stored)} events, missing {missing}"


def projections_agree(facts: Facts) -> Iterator[str]:
    for run in facts.runs:
        status, output = facts.record.executions.get(str(run.id), ("missing", None))
        for end in facts.ends_of(run):
            if not end.type_name.endswith(f".{status}") or output != getattr(end, "output", None):
                yield f"run {run.id}: projected as {status} {output!r}"
    prices = {key: settles[0].price for key, settles in facts.settled.items() if settles}
    if facts.record.entries != prices:
        differing = facts.record.entries.items() ^ prices.items()
        yield f"ledger entries: {len(differing)} differ, first {sorted(map(str, differing))[:2]}"


def tenants_do_not_meet(facts: Facts) -> Iterator[str]:
    """All events of the runs of one tenant, and of no other's, bear one tenant's id."""
    bearers: dict[int, set[UUID]] = defaultdict(set)
    for run in facts.runs:
        for recorded in facts.streams.get(f"execution-{run.id}", ()):
            bearers[run.tenant].add(recorded.tenant_id)
    everybody = [tenant_id for found in bearers.values() for tenant_id in found]
    if len(everybody) != len(bearers) or len(set(everybody)) != len(everybody):
        yield f"tenants' ids in the events of each tenant's runs: {dict(bearers)}"


def nobody_gave_up(facts: Facts) -> Iterator[str]:
    if facts.record.dead_letters:
        yield f"{facts.record.dead_letters} dead letters"


CHECKS: tuple[Callable[[Facts], Iterator[str]], ...] = (
    every_run_ended_as_expected,
    streams_have_no_gaps,
    nothing_follows_an_end,
    each_answered_call_is_settled_once,
    no_hold_is_open,
    debits_equal_credits,
    no_call_was_made_twice,
    all_was_relayed_once_in_order,
    projections_agree,
    tenants_do_not_meet,
    nobody_gave_up,
)


def problems(facts: Facts) -> dict[str, list[str]]:
    """What differs, by the name of the check."""
    return {check.__name__: list(check(facts)) for check in CHECKS}
