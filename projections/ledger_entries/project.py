"""One row per settled or written-off provider call, reversal and adjustment."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid5

from projections.amounts import NO_AMOUNTS, Entry, amounts, period_of, tokens
from projections.fold import Handlers, common, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import insert
from schemas.billing.corrections import AdjustmentPosted, EntryReversed
from schemas.billing.events import CallSettled, CallWrittenOff
from schemas.envelope import Recorded
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef

# Conflicts on the id only: another event for the same call key is an error, not a repetition.
ENTRIES = insert("ledger_entries", key="id")
ENTRY_IDS = UUID("5c0f7f5e-53a4-5d0e-9a1e-6f2b8e7a9c10")

Batch = list[Row]

PLAIN: Row = {"degraded": False, "quarantined": False, "unplaced": ()}


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    entries: Batch = []
    fold(ON, entries, events)
    await tx.write(ENTRIES, entries)


def settled(batch: Batch, recorded: Recorded, event: CallSettled) -> None:
    row = {**entry(recorded, event), **tokens(event.usage), "pricing": event.pricing}
    flags = {"degraded": event.degraded, "quarantined": event.quarantined, "unplaced": event.usage.unplaced}
    batch.append({**row, **flags, "kind": "settle"})


def written_off(batch: Batch, recorded: Recorded, event: CallWrittenOff) -> None:
    row = {**place(recorded), **of_call(event.call), **tokens(Usage()), **NO_AMOUNTS}
    end = {"kind": "write_off", "period": event.call.period, "postings": ()}
    batch.append({**row, **end, **PLAIN})


def reversed_(batch: Batch, recorded: Recorded, event: EntryReversed) -> None:
    row = {**entry(recorded, event), **tokens(Usage()), "kind": "reversal", **PLAIN}
    why = {"reverses": uuid5(ENTRY_IDS, event.ref), "about_period": event.about_period}
    batch.append({**row, **why, "reason": event.reason})


def adjusted(batch: Batch, recorded: Recorded, event: AdjustmentPosted) -> None:
    row = {**entry(recorded, event), **tokens(event.usage or Usage()), "pricing": event.pricing}
    why = {"adjustment": event.kind, "about_period": event.about_period, "reason": event.reason}
    batch.append({**row, **why, "kind": "adjustment", **PLAIN})


def entry(recorded: Recorded, event: Entry) -> Row:
    source = event.source
    return {
        **place(recorded),
        **of_call(event.call),
        **amounts(event),
        "partner_id": event.partner_id,
        "period": period_of(event),
        "model": event.model,
        "postings": event.postings,
        "source_kind": source.kind if source else None,
        "source_id": source.id if source else None,
    }


def place(recorded: Recorded) -> Row:
    return {
        **common(recorded),
        "id": uuid5(ENTRY_IDS, recorded.ref),
        "stream": recorded.stream,
        "version": recorded.version,
        "recorded_at": recorded.recorded_at,
    }


def of_call(call: CallRef | None) -> Row:
    if call is None:
        return {}
    return {
        "job_id": call.execution_id,
        "node": call.node,
        "attempt": call.attempt,
        "call_key": call.key,
    }


ON: Handlers[Batch] = {
    CallSettled: settled,
    CallWrittenOff: written_off,
    EntryReversed: reversed_,
    AdjustmentPosted: adjusted,
}

PROJECTION = Projection(
    name="ledger_entries",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("ledger_entries",),
    project=project,
    money=True,
    insert_only=frozenset({"ledger_entries"}),
)
