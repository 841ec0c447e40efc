"""What must be true after any chaos. Each check gives the facts that differ; none means it holds."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

from schemas.execution import events as e
from tests.acceptance.chaos.facts import ENDS, RUN, Facts, ends_in
from tests.support.workflows.story import ONCE_TOOL


def every_run_ended_as_expected(facts: Facts) -> Iterator[str]:
    for run in facts.runs:
        match facts.ends_of(run):
            case [end]:
                if not run.accepts(end, facts.given(run)):
                    yield f"run {run.id} ({run.key}): {end!r}"
            case []:
                trail = [f"{r.position}:{r.event.type_name}" for r in facts.streams[f"execution-{run.id}"]]
                yield f"run {run.id}: never ended: {trail[-4:]}"
            case ends:
                yield f"run {run.id}: ended with {ends}"


def runs_are_those_asked_for(facts: Facts) -> Iterator[str]:
    """However often each was asked for; and every subworkflow ended, too."""
    wanted, begun = {f"{RUN}{run.id}" for run in facts.runs}, set[str]()
    for stream, events in facts.started.items():
        first = next((r.event for r in events if isinstance(r.event, e.ExecutionStarted)), None)
        if first is None or first.parent is None:
            begun.add(stream)
        elif not ends_in(events):
            yield f"{stream}, of run {first.root_id}: never ended"
    if begun != wanted:
        yield f"runs nobody asked for: {begun - wanted}, runs never begun: {wanted - begun}"


def streams_have_no_gaps(facts: Facts) -> Iterator[str]:
    for stream, events in facts.streams.items():
        versions = [recorded.version for recorded in events]
        if versions != list(range(1, len(versions) + 1)):
            yield f"{stream}: versions {versions[:20]}"


def nothing_follows_an_end(facts: Facts) -> Iterator[str]:
    """Of a run or of a subworkflow."""
    for stream, events in facts.started.items():
        for place, recorded in enumerate(events[:-1]):
            if isinstance(recorded.event, ENDS):
                yield f"{stream}: {events[place + 1].event.type_name} after its end"


def each_answered_call_is_settled_once(facts: Facts) -> Iterator[str]:
    for key, times in facts.completed.items():
        settles = len(facts.settled.get(key, ()))
        if (times, settles) != (1, 1):
            yield f"call {key}: completed {times} times, settled {settles} times"
    for key in facts.settled.keys() - facts.completed.keys():
        if len(facts.settled[key]) != 1:
            yield f"call {key}: settled {len(facts.settled[key])} times"
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


def no_tool_was_used_twice(facts: Facts) -> Iterator[str]:
    """One that must not be is used once per attempt at most; a further attempt was somebody's decision."""
    allowed: Counter[str] = Counter()
    for recorded in facts.record.events:
        if isinstance(event := recorded.event, e.ToolRequested) and not event.safe:
            allowed[f"/{ONCE_TOOL} {event.request.model_dump()['body']['q']}"] += 1
    for use, times in facts.tool_uses.items():
        if use.startswith(f"/{ONCE_TOOL} ") and times > allowed[use]:
            yield f"{use}: {times} times for {allowed[use]} attempts"


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
    """All events of a run bear its tenant's id, and its tenant is shown that run over the API, no other."""
    tenants = {f"{RUN}{run.id}": facts.sides[run.tenant].tenant_id for run in facts.runs}
    for stream, events in facts.started.items():
        bearers = {recorded.tenant_id for recorded in events}
        if len(bearers) != 1 or tenants.get(stream, events[0].tenant_id) not in bearers:
            yield f"{stream}: events of tenants {bearers}"
    for side in facts.sides.values():
        own = {stream for stream, events in facts.started.items() if events[0].tenant_id == side.tenant_id}
        shown = {f"{RUN}{run}" for run in side.shown}
        if own != shown:
            yield f"tenant {side.tenant_id}: is shown {shown - own}, and not {own - shown}"


def nobody_gave_up(facts: Facts) -> Iterator[str]:
    if facts.record.dead_letters:
        yield f"{facts.record.dead_letters} dead letters"


CHECKS: tuple[Callable[[Facts], Iterator[str]], ...] = (
    every_run_ended_as_expected,
    runs_are_those_asked_for,
    streams_have_no_gaps,
    nothing_follows_an_end,
    each_answered_call_is_settled_once,
    no_hold_is_open,
    debits_equal_credits,
    no_call_was_made_twice,
    no_tool_was_used_twice,
    all_was_relayed_once_in_order,
    projections_agree,
    tenants_do_not_meet,
    nobody_gave_up,
)


def problems(facts: Facts) -> dict[str, list[str]]:
    """What differs, by the name of the check."""
    return {check.__name__: list(check(facts)) for check in CHECKS}
