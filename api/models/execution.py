from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, example
from api.reads import ExecutionStatus
from schemas.authoring.parts import NodeId


class ExecuteAgentBody(Body):
    model_config = example(message="Say hello to Ada.")

    message: Annotated[str, StringConstraints(min_length=1, max_length=100_000)]


class ExecuteWorkflowBody(Body):
    """Without `version`: the latest published one."""

    model_config = example(inputs={"topic": "the sea"}, version=3)

    inputs: dict[NodeId, Any] = Field(default_factory=dict, max_length=100)
    version: int | None = Field(None, ge=1, le=2**31 - 1)


class RunSource(BaseModel):
    kind: Literal["workflow", "agent"]
    id: UUID
    name: str
    version: int


class RunError(BaseModel):
    code: str
    message: str


class Step(BaseModel):
    node: str
    status: str
    attempt: int
    output: Any
    error: RunError | None


class ExecutionSummary(BaseModel):
    job_id: UUID
    tenant_id: UUID
    status: ExecutionStatus
    source: RunSource
    started_at: datetime
    ended_at: datetime | None
    error: RunError | None


RUN: dict[str, Any] = {
    "job_id": ID,
    "tenant_id": OTHER_ID,
    "status": "succeeded",
    "source": {"kind": "workflow", "id": OTHER_ID, "name": "One-liner", "version": 3},
    "started_at": NOW,
    "ended_at": NOW,
    "error": None,
}


class Execution(ExecutionSummary):
    model_config = example(
        **RUN,
        inputs={"topic": "the sea"},
        output="The sea keeps no diary. (by HireBuddha)",
        steps=[
            {"node": "draft", "status": "succeeded", "attempt": 1}
            | {"output": "The sea keeps no diary.", "error": None}
        ],
    )

    inputs: dict[str, Any]
    output: Any
    steps: list[Step]


class ExecutionPage(BaseModel):
    model_config = example(items=[RUN], next_cursor=None)

    items: list[ExecutionSummary]
    next_cursor: str | None
