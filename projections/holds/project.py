"""What is held on the ledger right now."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import delete, merge
from schemas.billing.events import CallAuthorized, CallReleased, CallSettled, CallUnknown, CallWrittenOff
from schemas.envelope import Recorded

HOLDS = merge("holds", key=("call_key",), changing=("status", "reason", "resolves_at"))
GONE = delete("holds", key=("call_key",))


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    rows = fold(ON, Rows(), events)
    await tx.write(GONE, rows.gone.values())
    await tx.write(HOLDS, rows.rows.values())


def authorized(rows: Rows, recorded: Recorded, event: CallAuthorized) -> None:
    call = event.call
    rows.put(
        call.key,
        recorded,
        call_key=call.key,
        tenant_id=event.tenant_id,
        period=call.period,
        execution_id=call.execution_id,
        node=call.node,
        attempt=call.attempt,
        model=event.model,
        amount_usd=event.hold,
        source_id=event.source.id if event.source else None,
        status="open",
        resolves_at=event.expires_at,
    )


def unknown(rows: Rows, recorded: Recorded, event: CallUnknown) -> None:
    fields = {"status": "unknown", "reason": event.reason, "resolves_at": event.resolve_at}
    rows.put(event.call.key, recorded, call_key=event.call.key, **fields)


def closed(rows: Rows, recorded: Recorded, event: CallSettled | CallReleased | CallWrittenOff) -> None:
    rows.remove(event.call.key, recorded, call_key=event.call.key)


ON: Handlers[Rows] = {
    CallAuthorized: authorized,
    CallUnknown: unknown,
    CallSettled: closed,
    CallReleased: closed,
    CallWrittenOff: closed,
}

PROJECTION = Projection(
    name="holds",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("holds",),
    project=project,
    money=True,
)
