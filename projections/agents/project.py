"""Agents."""

from collections.abc import Sequence
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.authoring.events import AgentCreated
from schemas.envelope import Recorded

AGENTS = merge("agents", key=("id",), changing=("name", "model", "hash", "definition"))


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    await tx.write(AGENTS, fold(ON, Rows(), events).rows.values())


def created(rows: Rows, recorded: Recorded, event: AgentCreated) -> None:
    rows.put(
        event.agent_id,
        recorded,
        id=event.agent_id,
        name=event.name,
        model=event.definition.model,
        hash=event.hash,
        definition=event.definition,
    )


ON: Handlers[Rows] = {AgentCreated: created}

PROJECTION = Projection(
    name="agents",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("agents",),
    project=project,
)
