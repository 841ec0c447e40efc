from collections import Counter
from collections.abc import Mapping, Sequence

from rich.table import Table

from schemas.base import Event
from schemas.execution import events as e
from tests.acceptance.chaos.drill import Outcome
from tests.acceptance.chaos.facts import Facts
from tests.support.workflows.story import TOOL_REFUSED

SHOWN = 3
COUNTERS = {
    "wrong": "every_run_ended_as_expected",
    "double_settles": "each_answered_call_is_settled_once",
    "open_holds": "no_hold_is_open",
    "after_terminal": "nothing_follows_an_end",
    "foreign_rows": "tenants_do_not_meet",
}
"""Figures of the last line, with the checks that count them."""

DONE = {
    e.MapBegun: "maps",
    e.LoopBegun: "loops",
    e.AgentTurned: "agents' rounds",
    e.ToolRequested: "tools",
    e.SubworkflowRequested: "subworkflows",
    e.ApprovalRequested: "questions to people",
    e.WaitBegun: "waits",
    e.RetrievalRequested: "searches",
    e.ExecutionPaused: "pauses",
    e.ExecutionResumed: "resumes",
}

Found = Mapping[str, Sequence[str]]


def table(outcome: Outcome, found: Found) -> Table:
    facts = outcome.facts
    shown = Table("", "", show_header=False)
    rows = {
        "events stored / relayed": f"{len(facts.record.events)} / {len(facts.record.relayed)}",
        "provider calls / answered / settled": (
            f"{facts.provider_calls} / {facts.completed.total()} / {sum(map(len, facts.settled.values()))}"
        ),
        "calls whose outcome was lost": str(facts.lost_calls),
        "ended": counted(endings(facts)),
        "done in them": counted(done_in(facts)),
        "outcomes nobody knew that stayed so": str(len(facts.unknown)),
        "killed": counted(outcome.killed),
        "ended by themselves": counted(outcome.ended_alone),
        "last run ended after": f"{outcome.last_end_seconds:.1f} s",
        "duration": f"{outcome.seconds:.1f} s",
    }
    for name, value in rows.items():
        shown.add_row(name, value)
    shown.add_section()
    for check, differing in found.items():
        shown.add_row(check.replace("_", " "), "[red]no[/]" if differing else "[green]yes[/]")
    return shown


def endings(facts: Facts) -> Counter[str]:
    return Counter(end.type_name.rpartition(".")[2] for run in facts.runs for end in facts.ends_of(run))


def done_in(facts: Facts) -> Counter[str]:
    kinds = (kind_of(recorded.event) for recorded in facts.record.events)
    return Counter(kind for kind in kinds if kind)


def kind_of(event: Event) -> str | None:
    match event:
        case e.CallRequested(request=request) if request.output_schema and request.messages[1:]:
            return "repairs"
        case e.StepFailed(error=error) if error.code == TOOL_REFUSED:
            return "tools that refused"
    return DONE.get(type(event))


def counted(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(numbers.items())) or "none"


def verdict(outcome: Outcome, found: Found) -> tuple[bool, str]:
    """Whether all is well, and the last line."""
    facts = outcome.facts
    counters = {name: len(found[check]) for name, check in COUNTERS.items()}
    told = " ".join(f"{name}={number}" for name, number in counters.items())
    figures = (
        f"seed={outcome.seed} runs={len(facts.runs)} completed={facts.ended} {told} stuck={facts.stuck} "
        f"settles_per_call={facts.settles_per_call:.3f} lost={facts.lost} doubled={facts.doubled}"
    )
    differing = [f"{check}: {fact}" for check, facts_ in found.items() for fact in facts_[:SHOWN]]
    if not outcome.settled_down:
        differing.append("the platform did not come to rest: relay, projections or settling are behind")
    if differing:
        return False, "\n  ".join([f"CHAOS FAILED {figures}", *differing])
    return True, f"CHAOS OK {figures}"
