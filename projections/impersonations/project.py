"""Support in users' names: under way, ended, and by whose leave."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.envelope import Recorded
from schemas.identity import support as s

IMPERSONATIONS = merge("impersonations", key=("id",), changing=("ended_at", "ended_by"))
CONSENTS = merge("support_consents", key=("tenant_id",), changing=("allowed", "reason", "until"))


@dataclass
class Batch:
    sessions: Rows = field(default_factory=Rows)
    consents: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(IMPERSONATIONS, batch.sessions.rows.values())
    await tx.write(CONSENTS, batch.consents.rows.values())


def started(batch: Batch, recorded: Recorded, event: s.ImpersonationStarted) -> None:
    batch.sessions.put(
        event.impersonation_id,
        recorded,
        id=event.impersonation_id,
        user_id=event.user_id,
        role=event.role,
        support_id=event.support_id,
        support=event.by,
        reason=event.reason,
        write=event.write,
        scopes=event.scopes,
        until=event.until,
    )


def ended(batch: Batch, recorded: Recorded, event: s.ImpersonationEnded) -> None:
    id_ = event.impersonation_id
    how = {"ended_at": recorded.recorded_at, "ended_by": event.ended_by}
    batch.sessions.put(id_, recorded, id=id_, **how)


def allowed(batch: Batch, recorded: Recorded, event: s.SupportWritesAllowed) -> None:
    what = {"reason": event.reason, "until": event.until}
    batch.consents.put(recorded.tenant_id, recorded, allowed=True, **what)


def withdrawn(batch: Batch, recorded: Recorded, event: s.SupportWritesWithdrawn) -> None:
    batch.consents.put(recorded.tenant_id, recorded, allowed=False)


ON: Handlers[Batch] = {
    s.ImpersonationStarted: started,
    s.ImpersonationEnded: ended,
    s.SupportWritesAllowed: allowed,
    s.SupportWritesWithdrawn: withdrawn,
}

PROJECTION = Projection(
    name="impersonations",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("impersonations", "support_consents"),
    project=project,
)
