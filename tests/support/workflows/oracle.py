"""What must be true of a world when a story has been told. Each check gives what differs."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schemas.base import Event
from schemas.billing.events import CallSettled
from schemas.execution import events as e
from tests.support.harness import Harness
from tests.support.workflows.acting import SUPPLIED, UNTOLD
from tests.support.workflows.expected import Expected
from tests.support.workflows.simulator import expected
from tests.support.workflows.telling import Telling
from tests.support.workflows.world import RUNS, TENANTS, World

ENDS = (e.ExecutionSucceeded, e.ExecutionFailed, e.ExecutionCancelled)


@dataclass
class Told:
    """A story told, and what should have come of it, by the key of the run."""

    world: World
    telling: Telling
    wanted: dict[str, Expected]

    def events(self, kind: str) -> Iterator[tuple[str, Event]]:
        for stream in self.world.streams(kind):
            yield from ((stream, event) for event in self.world.events(stream))

    def keys(self) -> dict[str, str]:
        """The key of each run, by its stream: a subworkflow's as well."""
        return {
            stream: event.inputs["key"]
            for stream, event in self.events("execution")
            if isinstance(event, e.ExecutionStarted)
        }


def told(world: World, telling: Telling) -> Told:
    return Told(world, telling, {key: expected(world.story, key) for key in RUNS})


def ends_are_as_expected(told: Told) -> Iterator[str]:
    for key, id_ in RUNS.items():
        end, wanted = told.world.events(f"execution-{id_}")[-1], told.wanted[key]
        cancelled = key == "A:" and told.telling.cancelled
        match end:
            case e.ExecutionCancelled():
                right = cancelled
            case e.ExecutionSucceeded():
                right = not cancelled and not wanted.errors and end.output == wanted.output
            case e.ExecutionFailed():
                right = not cancelled and end.error.code in wanted.errors
            case _:
                right = False
        if not right:
            yield f"{key} {end!r}, expected {wanted.status} {wanted.output!r} {set(wanted.errors)}"


def steps_are_as_expected(told: Told) -> Iterator[str]:
    keys = told.keys()
    for stream, event in told.events("execution"):
        if isinstance(event, e.StepSucceeded) and not event.node.endswith("]"):
            key, outputs = keys[stream] + event.node, told.wanted[keys[stream][:2]].outputs
            if outputs.get(key, UNTOLD) not in (UNTOLD, event.output):
                yield f"{key}: {event.output!r}, expected {outputs.get(key)!r}"
            if key not in outputs and not supplied(event):
                yield f"{key}: done, and should not have been"
        if isinstance(event, e.StepSkipped):
            key = keys[stream] + event.node
            if key not in told.wanted[key[:2]].skipped:
                yield f"{key}: skipped, and should not have been"


def supplied(event: e.StepSucceeded) -> bool:
    return isinstance(event.output, str) and event.output.startswith(SUPPLIED)


def nothing_is_left_out(told: Told) -> Iterator[str]:
    """Of runs that succeeded: every step that should be done or skipped is, exactly once."""
    keys = told.keys()
    done: Counter[str] = Counter()
    for stream, event in told.events("execution"):
        if isinstance(event, e.StepSucceeded | e.StepSkipped):
            done[keys[stream] + event.node] += 1
    for wanted in certain_runs(told):
        for key in (*wanted.outputs, *wanted.skipped):
            if wanted.is_certain(key) and done[key] != 1:
                yield f"{key}: done {done[key]} times"


def calls_are_as_expected(told: Told) -> Iterator[str]:
    """Never more calls than the story has, and exactly those where nothing failed beside them."""
    asked, settled = told.world.provider.asked, settles(told)
    for key, wanted in told.wanted.items():
        for prompt, times in asked.items():
            if prompt.startswith(key) and times > wanted.asked[prompt]:
                yield f"{prompt}: asked {times} times, expected {wanted.asked[prompt]}"
        for prompt, times in settled.items():
            if prompt.startswith(key) and times > wanted.answered[prompt]:
                yield f"{prompt}: settled {times} times, expected {wanted.answered[prompt]}"
    for wanted in certain_runs(told):
        for prompt, times in wanted.asked.items():
            if wanted.is_certain(prompt) and asked[prompt] != times:
                yield f"{prompt}: asked {asked[prompt]} times, expected {times}"
            if wanted.is_certain(prompt) and settled[prompt] != wanted.answered[prompt]:
                yield f"{prompt}: settled {settled[prompt]} times, expected {wanted.answered[prompt]}"


def certain_runs(told: Told) -> Iterator[Expected]:
    for key, wanted in told.wanted.items():
        if not wanted.errors and not (key == "A:" and told.telling.cancelled):
            yield wanted


def settles(told: Told) -> Counter[str]:
    """By prompt. An agent's rounds are asked with the agent's prompt."""
    keys = told.keys()
    found: Counter[str] = Counter()
    for _, event in told.events("ledger"):
        if isinstance(event, CallSettled):
            key = keys[f"execution-{event.call.execution_id}"] + event.call.node
            found[key.rpartition("[")[0] if key.endswith("]") else key] += 1
    return found


def answers_are_paid_once(told: Told) -> Iterator[str]:
    completed = Counter(
        event.call.key for _, event in told.events("execution") if isinstance(event, e.CallCompleted)
    )
    settled = Counter(event.call.key for _, event in told.events("ledger") if isinstance(event, CallSettled))
    for key in completed:
        if (completed[key], settled[key]) != (1, 1):
            yield f"call {key}: completed {completed[key]} times, settled {settled[key]} times"
    yield from (f"call {key}: settled {times} times" for key, times in settled.items() if times > 1)


def no_hold_is_left(told: Told) -> Iterator[str]:
    for stream in told.world.streams("ledger"):
        ledger = told.world.state(stream)
        if ledger.holds or ledger.held:
            yield f"{stream}: {dict(ledger.holds)}"


def nothing_follows_an_end(told: Told) -> Iterator[str]:
    for stream in told.world.streams("execution"):
        kinds = [isinstance(event, ENDS) for event in told.world.events(stream)]
        if sum(kinds) != 1 or not kinds[-1]:
            yield f"{stream}: {[event.type_name for event in told.world.events(stream)][-4:]}"


def states_are_what_events_say(told: Told) -> Iterator[str]:
    for stream in told.world.streams("execution"):
        if told.world.decided_on(stream) not in (None, Harness.state(told.world, stream)):
            yield f"{stream}: the decider's state is not the events'"


def tenants_do_not_meet(told: Told) -> Iterator[str]:
    """Every row of a run is its tenant's, and tells nothing of the other's."""
    keys = told.keys()
    for row in told.world.store.after(0, 1_000_000):
        if row.stream in keys:
            key = keys[row.stream][:2]
            other = next(name for name in TENANTS if name != key)
            if row.tenant_id != TENANTS[key] or f'"{other}n'.encode() in row.data:
                yield f"{row.stream}@{row.version}: of {row.tenant_id}"


CHECKS: tuple[Callable[[Told], Iterator[str]], ...] = (
    ends_are_as_expected,
    steps_are_as_expected,
    nothing_is_left_out,
    calls_are_as_expected,
    answers_are_paid_once,
    no_hold_is_left,
    nothing_follows_an_end,
    states_are_what_events_say,
    tenants_do_not_meet,
)


def problems(told: Told) -> list[str]:
    return [f"{check.__name__}: {problem}" for check in CHECKS for problem in check(told)]
