"""Agents, and every version of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import insert, merge
from schemas.authoring.events import AgentCreated, AgentRevised
from schemas.envelope import Recorded

AGENTS = merge("agents", key=("id",), changing=("name", "model", "version", "hash", "definition"))
VERSIONS = insert("agent_versions", key="agent_id, number")


@dataclass
class Batch:
    agents: Rows = field(default_factory=Rows)
    versions: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(AGENTS, batch.agents.rows.values())
    await tx.write(VERSIONS, batch.versions.rows.values())


def created(batch: Batch, recorded: Recorded, event: AgentCreated) -> None:
    put(batch, recorded, event, 1)


def revised(batch: Batch, recorded: Recorded, event: AgentRevised) -> None:
    put(batch, recorded, event, event.number)


def put(batch: Batch, recorded: Recorded, event: AgentCreated | AgentRevised, number: int) -> None:
    same = {"name": event.name, "hash": event.hash, "definition": event.definition}
    batch.agents.put(
        event.agent_id,
        recorded,
        id=event.agent_id,
        model=event.definition.model,
        version=number,
        **same,
    )
    key = {"agent_id": event.agent_id, "number": number}
    batch.versions.put((event.agent_id, number), recorded, **key, **same)


ON: Handlers[Batch] = {AgentCreated: created, AgentRevised: revised}

PROJECTION = Projection(
    name="agents",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("agents", "agent_versions"),
    project=project,
)
