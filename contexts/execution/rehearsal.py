"""Plays a recorded run against another release: the recorded answers instead of the outside world. Pure."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contexts.execution import approvals, results, signals, starting, waking
from contexts.execution.evolve import evolve
from contexts.execution.facts import RunFacts, StartFacts
from contexts.execution.paths import place
from contexts.execution.recording import bundle_of
from contexts.execution.state import Execution, Waiting
from contexts.execution.tree import step_at
from contexts.kernel import Context, Rejection
from schemas.authoring.definition import Release
from schemas.base import PLATFORM, Event
from schemas.envelope import Actor
from schemas.execution import commands as c
from schemas.execution import events as e
from schemas.execution.bundle import Outcome, RecordedAnswer, RunBundle
from schemas.execution.chat import Usage

RUN = UUID(int=0)
START = datetime(2000, 1, 1, tzinfo=UTC)
ACTOR = Actor(kind="operator", id="rehearsal")
ASKS = (
    e.StepScheduled,
    e.CallRequested,
    e.ToolRequested,
    e.RetrievalRequested,
    e.SubworkflowRequested,
    e.ApprovalRequested,
    e.WaitBegun,
    e.StepRetryPlanned,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """`what`: `unanswered` (the recording has nothing for that step), `not_asked` (the new release never
    comes there), `refused` (it takes the inputs or an answer no more), `output`, or `status`."""

    what: str
    node: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    outcome: Outcome | None
    differences: tuple[Difference, ...]


def rehearse(bundle: RunBundle, release: Release) -> Rehearsal:
    """The outcome is None when the run stands still for want of an answer."""
    player = Player(bundle, release)
    try:
        player.play()
    except Rejection as rejection:
        refused = Difference("refused", "", after=rejection.refusal.detail)
        return Rehearsal(None, (refused,))
    after = outcome_of(player)
    return Rehearsal(after, (*player.missing, *differences(bundle, player, after)))


class Player:
    """Events so far, and what still waits for an answer."""

    def __init__(self, bundle: RunBundle, release: Release) -> None:
        self.bundle, self.release = bundle, release
        self.answers = {answer.node: answer for answer in bundle.answers}
        self.events: list[Event] = []
        self.state: Execution | None = None
        self.asked: deque[Event] = deque()
        self.missing: list[Difference] = []
        self.now = START

    def play(self) -> None:
        facts = StartFacts("active", found=True, source=self.bundle.source, release=self.release)
        start = c.StartExecution(
            execution_id=RUN,
            source_kind=self.bundle.source.kind,
            source_id=self.bundle.source.id,
            inputs=self.bundle.inputs,
        )
        self.take(starting.start(None, start, self.context(facts)))
        while self.asked:
            self.answer(self.asked.popleft())

    def context(self, facts: Any = None) -> Context:
        known = facts or RunFacts(self.release)
        return Context(self.now, ACTOR, PLATFORM, None, known)

    def take(self, events: Sequence[Event]) -> None:
        for event in events:
            self.state = evolve(self.state, event)
        self.events += events
        self.asked += [event for event in events if isinstance(event, ASKS)]

    def answer(self, asked: Any) -> None:
        if isinstance(asked, e.StepRetryPlanned):
            return self.wake(asked)
        recorded = self.answers.get(asked.node)
        if recorded is None:
            return self.missing.append(Difference("unanswered", asked.node))
        return self.take(told(self, asked, recorded))

    def wake(self, planned: e.StepRetryPlanned) -> None:
        self.now = max(self.now, planned.due_at)
        again = c.WakeStep(execution_id=RUN, node=planned.node, attempt=planned.attempt)
        self.take(waking.wake_step(self.state, again, self.context()))


def told(player: Player, asked: Any, recorded: RecordedAnswer) -> list[Event]:
    """The events that come of the recorded answer to what is asked."""
    ctx, state = player.context(), player.state
    known = {"execution_id": RUN, "node": asked.node}
    match asked:
        case e.ApprovalRequested():
            data = recorded.output if isinstance(recorded.output, dict) else {}
            approved = bool(recorded.approved)
            return approvals.answer_approval(
                state, c.AnswerApproval(**known, approved=approved, data=data), ctx
            )
        case e.WaitBegun():
            return waited(player, asked, recorded)
        case _ if recorded.error:
            lasting = recorded.error.model_copy(update={"retryable": False, "lost": False})
            failed = c.FailStep(**known, attempt=asked.attempt, error=lasting)
            return results.fail_attempt(state, failed, ctx)
        case e.CallRequested():
            return results.complete_call(state, call_result(asked, recorded), ctx)
    done = c.CompleteStep(**known, attempt=asked.attempt, output=recorded.output)
    return results.complete_step(state, done, ctx)


def call_result(asked: e.CallRequested, recorded: RecordedAnswer) -> c.CompleteCall:
    return c.CompleteCall(
        execution_id=RUN,
        node=asked.node,
        attempt=asked.attempt,
        output=recorded.output or "",
        tool_calls=recorded.tool_calls,
        usage=recorded.usage or Usage(),
        finish_reason="stop",
        provider_request_id=None,
        latency_ms=0,
    )


def waited(player: Player, asked: e.WaitBegun, recorded: RecordedAnswer) -> list[Event]:
    where = place(asked.node)
    if not where or not player.state or not isinstance(step_at(player.state, where), Waiting):
        return []
    if asked.event and not recorded.error:
        signal = c.DeliverSignal(execution_id=RUN, name=asked.event, payload=recorded.output)
        return signals.deliver_signal(player.state, signal, player.context())
    over = replace(player.context(), now=max(player.now, asked.due_at))
    awake = c.WakeStep(execution_id=RUN, node=asked.node, attempt=asked.attempt)
    return waking.wake_step(player.state, awake, over)


def outcome_of(player: Player) -> Outcome | None:
    return bundle_of(player.events).outcome if player.state and player.state.ended else None


def differences(bundle: RunBundle, player: Player, after: Outcome | None) -> list[Difference]:
    asked = {event.node for event in player.events if isinstance(event, ASKS)}
    found = [Difference("not_asked", a.node) for a in bundle.answers if a.node not in asked]
    before = bundle.outcome
    if after is None or after.status != before.status:
        found.append(Difference("status", "", before.status, after.status if after else "unfinished"))
    elif after.output != before.output:
        found.append(Difference("output", "", before.output, after.output))
    return found
