"""Workflows: the draft, and every published version."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import insert, merge
from schemas.authoring.events import WorkflowCreated, WorkflowPublished, WorkflowRevised
from schemas.envelope import Recorded

WORKFLOWS = merge("workflows", key=("id",), changing=("published", "hash", "definition"))
VERSIONS = insert("workflow_versions", key="workflow_id, number")


@dataclass
class Batch:
    workflows: Rows = field(default_factory=Rows)
    versions: Rows = field(default_factory=Rows)


async def project(events: Sequence[Recorded], tx: Tx) -> None:
    batch = fold(ON, Batch(), events)
    await tx.write(WORKFLOWS, batch.workflows.rows.values())
    await tx.write(VERSIONS, batch.versions.rows.values())


def created(batch: Batch, recorded: Recorded, event: WorkflowCreated) -> None:
    fields = {"name": event.name, "definition": event.definition}
    batch.workflows.put(event.workflow_id, recorded, id=event.workflow_id, **fields)


def revised(batch: Batch, recorded: Recorded, event: WorkflowRevised) -> None:
    batch.workflows.put(event.workflow_id, recorded, id=event.workflow_id, definition=event.definition)


def published(batch: Batch, recorded: Recorded, event: WorkflowPublished) -> None:
    newest = {"published": event.number, "hash": event.hash}
    batch.workflows.put(event.workflow_id, recorded, id=event.workflow_id, **newest)
    batch.versions.put(
        (event.workflow_id, event.number),
        recorded,
        workflow_id=event.workflow_id,
        number=event.number,
        hash=event.hash,
        definition=event.release.definition,
    )


ON: Handlers[Batch] = {
    WorkflowCreated: created,
    WorkflowRevised: revised,
    WorkflowPublished: published,
}

PROJECTION = Projection(
    name="workflows",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("workflows", "workflow_versions"),
    project=project,
)
