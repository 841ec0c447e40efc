"""What becomes of workflows and agents over time."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.bodies import Body
from api.models.authoring import AGENT, HASH, WORKFLOW
from api.models.common import ID, NOW, OTHER_ID, Position, example
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.bundle import WorkflowBundle
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.envelope import Problem

VERSION: dict[str, Any] = {
    "version": 3,
    "hash": HASH,
    "deprecated": False,
    "rolled_back_to": None,
    "published_at": NOW,
}
CHANGE: dict[str, Any] = {
    "path": "nodes.draft.prompt",
    "kind": "changed",
    "before": "Write a line.",
    "after": "Write one line about {{ inputs.topic }}.",
}
UNKNOWN_MODEL: dict[str, Any] = {
    "code": "authoring.unknown_model",
    "message": "there is no model 'local/gpt'",
    "path": "nodes.0.model",
    "node": "draft",
}
BUNDLE: dict[str, Any] = {
    "schema_version": 1,
    "workflow": {"id": ID, "name": "One-liner", "definition": WORKFLOW},
    "subworkflows": [],
    "agents": [{"id": OTHER_ID, "name": "Greeter", "definition": AGENT}],
    "tools": {"clock": {"type": "builtin", "name": "now"}},
    "secrets": [],
}


class VersionSummary(BaseModel):
    """`deprecated`: nobody starts it any more. `rolled_back_to`: the earlier version it repeats."""

    version: int
    hash: str
    deprecated: bool
    rolled_back_to: int | None
    published_at: datetime


class VersionPage(BaseModel):
    model_config = example(items=[VERSION], next_cursor=None)

    items: list[VersionSummary]
    next_cursor: str | None


class Version(VersionSummary):
    """`release`: the definition with the tools, agents and workflows it is pinned to."""

    model_config = example(**VERSION, release={"definition": WORKFLOW})

    release: Release


class AgentVersion(BaseModel):
    version: int
    name: str
    definition: AgentDefinition
    hash: str
    created_at: datetime


class AgentVersionPage(BaseModel):
    model_config = example(
        items=[
            {"version": 2, "name": "Greeter", "definition": AGENT, "hash": HASH, "created_at": NOW},
        ],
        next_cursor=None,
    )

    items: list[AgentVersion]
    next_cursor: str | None


class OneVersionBody(Body):
    model_config = example(version=2)

    version: int = Field(ge=1, le=2**31 - 1)


class Change(BaseModel):
    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any
    after: Any


class Diff(BaseModel):
    """Nodes are matched by id, wherever they stand."""

    model_config = example(changes=[CHANGE])

    changes: list[Change]


class ValidateBody(Body):
    model_config = example(definition=WORKFLOW)

    definition: WorkflowDefinition


class Validity(BaseModel):
    model_config = example(valid=False, problems=[UNKNOWN_MODEL])

    valid: bool
    problems: list[Problem]


class Bundle(WorkflowBundle):
    model_config = example(**BUNDLE)


class BundleBody(WorkflowBundle, Body):
    model_config = example(**BUNDLE)


class Imported(BaseModel):
    """What it is called in this tenant; the same when it is imported again."""

    model_config = example(id=ID, subworkflows=[], agents=[OTHER_ID], tools=["clock"], position=1050)

    id: UUID
    subworkflows: list[UUID]
    agents: list[UUID]
    tools: list[str]
    position: Position
