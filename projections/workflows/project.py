"""Workflows: the draft, and every published version."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projections.fold import Handlers, Rows, fold
from projections.kernel import Projection, Tx
from projections.statements import merge
from schemas.authoring.events import (
    WorkflowCreated,
    WorkflowDeprecated,
    WorkflowPublished,
    WorkflowRevised,
)
from schemas.envelope import Recorded

WORKFLOWS = merge("workflows", key=("id",), changing=("published", "hash", "definition"))
VERSIONS = merge("workflow_versions", key=("workflow_id", "number"), changing=("deprecated",))


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
    changed: dict[str, Any] = {"published": event.number, "hash": event.hash}
    if event.rolled_back_to:
        changed["definition"] = event.release.definition
    batch.workflows.put(event.workflow_id, recorded, id=event.workflow_id, **changed)
    batch.versions.put(
        (event.workflow_id, event.number),
        recorded,
        workflow_id=event.workflow_id,
        number=event.number,
        hash=event.hash,
        release=event.release,
        deprecated=False,
        rolled_back_to=event.rolled_back_to,
    )


def deprecated(batch: Batch, recorded: Recorded, event: WorkflowDeprecated) -> None:
    key = {"workflow_id": event.workflow_id, "number": event.number}
    batch.versions.put(tuple(key.values()), recorded, **key, deprecated=True)


ON: Handlers[Batch] = {
    WorkflowCreated: created,
    WorkflowRevised: revised,
    WorkflowPublished: published,
    WorkflowDeprecated: deprecated,
}

PROJECTION = Projection(
    name="workflows",
    events=frozenset(ON),
    schema=(Path(__file__).parent / "schema.sql").read_text(),
    tables=("workflows", "workflow_versions"),
    project=project,
)
