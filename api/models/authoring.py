from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.bodies import Body
from api.models.common import ID, NOW, Position, example
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import WorkflowDefinition
from schemas.tenancy.types import Name

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AGENT: dict[str, Any] = {
    "model": "local/smollm2",
    "instructions": "You answer in one friendly sentence.",
    "max_output_tokens": 64,
}
WORKFLOW: dict[str, Any] = {
    "schema_version": 1,
    "inputs": {"topic": {"type": "string"}},
    "nodes": [
        {
            "type": "llm",
            "id": "draft",
            "model": "local/smollm2",
            "prompt": "Write one line about {{ inputs.topic }}.",
        },
        {"type": "template", "id": "sign", "template": "{{ steps.draft.output }} (by HireBuddha)"},
    ],
    "edges": [{"source": "draft", "target": "sign"}],
    "output": "{{ steps.sign.output }}",
}


class CreateAgentBody(Body):
    model_config = example(name="Greeter", definition=AGENT)

    name: Name
    definition: AgentDefinition


class ReviseAgentBody(CreateAgentBody):
    """The whole agent as it is to be from now on."""


class CreateWorkflowBody(Body):
    model_config = example(name="One-liner", definition=WORKFLOW)

    name: Name
    definition: WorkflowDefinition


class ReviseWorkflowBody(Body):
    model_config = example(definition=WORKFLOW)

    definition: WorkflowDefinition


GREETER: dict[str, Any] = {
    "id": ID,
    "name": "Greeter",
    "definition": AGENT,
    "version": 1,
    "hash": HASH,
    "created_at": NOW,
}


class Agent(BaseModel):
    """`version` is what new runs use."""

    model_config = example(**GREETER)

    id: UUID
    name: str
    definition: AgentDefinition
    version: int
    hash: str
    created_at: datetime


class AgentPage(BaseModel):
    model_config = example(
        items=[GREETER],
        next_cursor=None,
    )

    items: list[Agent]
    next_cursor: str | None


class Published(BaseModel):
    """The version runs use from now on: this definition for ever."""

    model_config = example(version=3, hash=HASH, position=1044)

    version: int
    hash: str
    position: Position


class PublishedVersion(BaseModel):
    version: int
    hash: str


class WorkflowSummary(BaseModel):
    id: UUID
    name: str
    published: PublishedVersion | None
    created_at: datetime
    updated_at: datetime


SUMMARY: dict[str, Any] = {
    "id": ID,
    "name": "One-liner",
    "published": {"version": 3, "hash": HASH},
    "created_at": NOW,
    "updated_at": NOW,
}


class Workflow(WorkflowSummary):
    """`definition` is the draft; runs use what was published."""

    model_config = example(**SUMMARY, definition=WORKFLOW)

    definition: WorkflowDefinition


class WorkflowPage(BaseModel):
    model_config = example(items=[SUMMARY], next_cursor=None)

    items: list[WorkflowSummary]
    next_cursor: str | None
