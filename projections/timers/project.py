"""What is due when: of runs, of money, of triggers, of letters, invitations and tenants."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, fold
from projections.kernel import Projection, Tx
from projections.statements import delete, merge
from projections.timers import identity, letters, payments, runs, steps, tenancy
from projections.timers.batch import SKEW, Batch, set_timer
from schemas.authoring.commands import FireTrigger
from schemas.authoring.events import TickPlanned, TriggerDisabled, TriggerRevised
from schemas.billing.commands import ResolveHold
from schemas.billing.events import CallAuthorized, CallReleased, CallSettled, CallUnknown, CallWrittenOff
from schemas.billing.wallets import ExpireCredit, WalletToppedUp
from schemas.envelope import Recorded

TIMERS = merge("timers", key=("name",), changing=("due_at", "command", "data"))
GONE = delete("timers", key=("name",))
ENDED = delete("timers", key=("stream",))
INSIDE = """
DELETE FROM {timers} AS t
USING json_to_recordset(%s) AS r(first text, beyond text, position bigint)
WHERE t.name >= r.first AND t.name < r.beyond AND t.position <= r.position
"""


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(ENDED, batch.ended.values())
    await tx.write(INSIDE, batch.inside.values())
    await tx.write(GONE, batch.timers.gone.values())
    await tx.write(TIMERS, batch.live())


def hold_placed(batch: Batch, recorded: Recorded, event: CallAuthorized) -> None:
    command = ResolveHold(tenant_id=event.tenant_id, call=event.call)
    set_timer(batch, recorded, f"hold:{event.call.key}", event.expires_at + SKEW, command)


def hold_unknown(batch: Batch, recorded: Recorded, event: CallUnknown) -> None:
    command = ResolveHold(tenant_id=event.tenant_id, call=event.call)
    set_timer(batch, recorded, f"hold:{event.call.key}", event.resolve_at + SKEW, command)


def hold_closed(batch: Batch, recorded: Recorded, event: CallSettled | CallReleased | CallWrittenOff) -> None:
    name = f"hold:{event.call.key}"
    batch.timers.remove(name, recorded, name=name)


def credit_expires(batch: Batch, recorded: Recorded, event: WalletToppedUp) -> None:
    """What is reserved then expires later, with whatever is decided about the wallet next."""
    if event.expires_at:
        command = ExpireCredit(tenant_id=event.tenant_id)
        set_timer(batch, recorded, f"credit:{event.top_up_id}", event.expires_at + SKEW, command)


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
    **runs.ON,
    **steps.ON,
    **payments.ON,
    **letters.ON,
    **identity.ON,
    **tenancy.ON,
    CallAuthorized: hold_placed,
    CallUnknown: hold_unknown,
    CallSettled: hold_closed,
    CallReleased: hold_closed,
    CallWrittenOff: hold_closed,
    WalletToppedUp: credit_expires,
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
    revision=2,
)
