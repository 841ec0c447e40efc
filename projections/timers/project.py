"""What is due when: retries, deadlines of runs, holds to resolve, ticks of triggers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import delete, merge
from schemas.authoring.commands import FireTrigger
from schemas.authoring.events import TickPlanned, TriggerDisabled, TriggerRevised
from schemas.base import Command
from schemas.billing.commands import ResolveHold
from schemas.billing.events import CallAuthorized, CallReleased, CallSettled, CallUnknown, CallWrittenOff
from schemas.envelope import Recorded
from schemas.execution import events as e
from schemas.execution.commands import ExpireExecution, WakeStep

TIMERS = merge("timers", key=("name",), changing=("due_at", "command", "data"))
GONE = delete("timers", key=("name",))
ENDED = delete("timers", key=("stream",))


SKEW = timedelta(seconds=5)
"""These commands do nothing before their time, by the clock of whoever decides them: it may be this late."""


@dataclass
class Batch:
    """`ended` are the streams none of whose timers matter any more."""

    timers: Rows = field(default_factory=Rows)
    ended: dict[str, Row] = field(default_factory=dict)

    def live(self) -> list[Row]:
        """A timer set after its stream ended is live: a late one finds nothing to do."""
        return [row for row in self.timers.rows.values() if not self.outlived(row)]

    def outlived(self, row: Row) -> bool:
        end = self.ended.get(row["stream"])
        return end is not None and bool(end["position"] >= row["position"])


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(ENDED, batch.ended.values())
    await tx.write(GONE, batch.timers.gone.values())
    await tx.write(TIMERS, batch.live())


def set_timer(batch: Batch, recorded: Recorded, name: str, due_at: datetime, command: Command) -> None:
    what = {"command": command.type_name, "data": command}
    batch.timers.put(name, recorded, name=name, stream=recorded.stream, due_at=due_at, **what)


def started(batch: Batch, recorded: Recorded, event: e.ExecutionStarted) -> None:
    command = ExpireExecution(execution_id=event.execution_id)
    set_timer(batch, recorded, f"expire:{event.execution_id}", event.deadline + SKEW, command)


def retry_planned(batch: Batch, recorded: Recorded, event: e.StepRetryPlanned) -> None:
    command = WakeStep(execution_id=event.execution_id, node=event.node, attempt=event.attempt)
    set_timer(batch, recorded, retry_name(event), event.due_at, command)


def begun(batch: Batch, recorded: Recorded, event: e.StepScheduled | e.CallRequested) -> None:
    """A first attempt has no timer."""
    if event.attempt > 1:
        name = retry_name(event)
        batch.timers.remove(name, recorded, name=name)


def ended(batch: Batch, recorded: Recorded, event: e.ExecutionSucceeded | e.ExecutionFailed) -> None:
    batch.ended[recorded.stream] = {"stream": recorded.stream, "position": recorded.position}


def retry_name(event: e.StepRetryPlanned | e.StepScheduled | e.CallRequested) -> str:
    return f"retry:{event.execution_id}:{event.node}:{event.attempt}"


def hold_placed(batch: Batch, recorded: Recorded, event: CallAuthorized) -> None:
    command = ResolveHold(tenant_id=event.tenant_id, call=event.call)
    set_timer(batch, recorded, f"hold:{event.call.key}", event.expires_at + SKEW, command)


def hold_unknown(batch: Batch, recorded: Recorded, event: CallUnknown) -> None:
    command = ResolveHold(tenant_id=event.tenant_id, call=event.call)
    set_timer(batch, recorded, f"hold:{event.call.key}", event.resolve_at + SKEW, command)


def hold_closed(batch: Batch, recorded: Recorded, event: CallSettled | CallReleased | CallWrittenOff) -> None:
    name = f"hold:{event.call.key}"
    batch.timers.remove(name, recorded, name=name)


def tick_planned(batch: Batch, recorded: Recorded, event: TickPlanned) -> None:
    """Of a trigger's planned ticks only the last one counts."""
    command = FireTrigger(
        trigger_id=event.trigger_id, kind="cron", occurrence=event.at.isoformat(), at=event.at
    )
    set_timer(batch, recorded, f"tick:{event.trigger_id}", event.at, command)


def ticks_ended(batch: Batch, recorded: Recorded, event: TriggerDisabled | TriggerRevised) -> None:
    name = f"tick:{event.trigger_id}"
    batch.timers.remove(name, recorded, name=name)


ON: Handlers[Batch] = {
    e.ExecutionStarted: started,
    e.StepRetryPlanned: retry_planned,
    e.StepScheduled: begun,
    e.CallRequested: begun,
    e.ExecutionSucceeded: ended,
    e.ExecutionFailed: ended,
    CallAuthorized: hold_placed,
    CallUnknown: hold_unknown,
    CallSettled: hold_closed,
    CallReleased: hold_closed,
    CallWrittenOff: hold_closed,
    TickPlanned: tick_planned,
    TriggerDisabled: ticks_ended,
    TriggerRevised: ticks_ended,
}

PROJECTION = Projection(
    name="timers",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("timers",),
    project=project,
)
