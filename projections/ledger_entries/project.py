"""One row per settled or written-off provider call."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid5

from projections.amounts import NO_AMOUNTS, amounts, tokens
from projections.fold import Handlers, common, fold
from projections.kernel import Projection, Row, Tx
from projections.statements import insert
from schemas.billing.events import CallSettled, CallWrittenOff
from schemas.envelope import Recorded
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef

# Conflicts on the id only: another event for the same call key is an error, not a repetition.
ENTRIES = insert("ledger_entries", key="id")
ENTRY_IDS = UUID("5c0f7f5e-53a4-5d0e-9a1e-6f2b8e7a9c10")

Batch = list[Row]


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    entries: Batch = []
    fold(ON, entries, events)
    await tx.write(ENTRIES, entries)


def settled(batch: Batch, recorded: Recorded, event: CallSettled) -> None:
    basis = {"model": event.model, "pricing": event.pricing, "postings": event.postings}
    row = {**entry(recorded, event.call), **tokens(event.usage), **amounts(event), **basis}
    flags = {"degraded": event.degraded, "quarantined": event.quarantined, "unplaced": event.usage.unplaced}
    batch.append({**row, **flags, "kind": "settle", "partner_id": event.partner_id})


def written_off(batch: Batch, recorded: Recorded, event: CallWrittenOff) -> None:
    row = {**entry(recorded, event.call), **tokens(Usage()), **NO_AMOUNTS}
    flags = {"degraded": False, "quarantined": False, "unplaced": ()}
    batch.append({**row, **flags, "kind": "write_off", "postings": ()})


def entry(recorded: Recorded, call: CallRef) -> Row:
    return {
        **common(recorded),
        "id": uuid5(ENTRY_IDS, recorded.ref),
        "stream": recorded.stream,
        "version": recorded.version,
        "period": call.period,
        "job_id": call.execution_id,
        "node": call.node,
        "attempt": call.attempt,
        "call_key": call.key,
        "recorded_at": recorded.recorded_at,
    }


ON: Handlers[Batch] = {CallSettled: settled, CallWrittenOff: written_off}

PROJECTION = Projection(
    name="ledger_entries",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("ledger_entries",),
    project=project,
    money=True,
    insert_only=frozenset({"ledger_entries"}),
)
