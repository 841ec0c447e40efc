from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.bodies import Body
from api.models.billing import Amounts
from api.models.common import ID, NOW, OTHER_ID, Number, example
from api.rows.runs import ExecutionStatus
from schemas.authoring.parts import MaxCost, NodeId
from schemas.execution.types import QueueReason


class Wishes(Body):
    """`priority` 0 goes first, 9 last, among the runs of the tenant. Above `max_cost` US dollars of price the
    run makes no further call."""

    priority: int = Field(5, ge=0, le=9)
    max_cost: MaxCost | None = None


class ExecuteAgentBody(Wishes):
    model_config = example(message="Say hello to Ada.", priority=5)

    message: Annotated[str, StringConstraints(min_length=1, max_length=100_000)]


class ExecuteWorkflowBody(Wishes):
    """Without `version`: the latest published one."""

    model_config = example(inputs={"topic": "the sea"}, version=3, max_cost="0.50")

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


class RunParent(BaseModel):
    """The run, and the step of it, that this run was started for."""

    job_id: UUID
    node: str


class Step(BaseModel):
    """The latest attempt. `reused_from`: another run did the work."""

    node: str
    kind: str | None = None
    status: str
    attempt: int
    began_at: datetime | None = None
    ended_at: datetime | None = None
    due_at: datetime | None = None
    reused_from: UUID | None = None
    output: Any
    error: RunError | None


class ExecutionSummary(BaseModel):
    """`waiting`: why it waits for its turn, while it does. `pause_reason`: while it is paused."""

    job_id: UUID
    tenant_id: UUID
    status: ExecutionStatus
    source: RunSource
    priority: int
    created_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    waiting: QueueReason | None
    pause_reason: str | None
    parent: RunParent | None
    fork_of: UUID | None
    trigger_id: UUID | None
    error: RunError | None


RUN: dict[str, Any] = {
    "job_id": ID,
    "tenant_id": OTHER_ID,
    "status": "succeeded",
    "source": {"kind": "workflow", "id": OTHER_ID, "name": "One-liner", "version": 3},
    "priority": 5,
    "created_at": NOW,
    "queued_at": None,
    "started_at": NOW,
    "ended_at": NOW,
    "waiting": None,
    "pause_reason": None,
    "parent": None,
    "fork_of": None,
    "trigger_id": None,
    "error": None,
}


class Spent(Amounts):
    """What calls came to so far. Which amounts there are depends on who asks."""

    calls: int
    tokens: int


SPENT: dict[str, Any] = {"calls": 1, "tokens": 43, "price": "0.000051"}


class QueuePlace(BaseModel):
    """Why a run waits now: `limit` runs may be under way at `scope`, `running` are; `ahead` of it, at its
    tenant, are so many.
    """

    scope: str
    limit: int
    running: int
    ahead: int


class Execution(ExecutionSummary):
    """`queue`: while the run waits for its turn. `steps` are the first 500; the timeline has all of them."""

    model_config = example(
        **RUN,
        max_cost=None,
        queue=None,
        inputs={"topic": "the sea"},
        output="The sea keeps no diary. (by HireBuddha)",
        spent=SPENT,
        steps=[
            {"node": "draft", "kind": "llm", "status": "succeeded", "attempt": 1}
            | {"began_at": NOW, "ended_at": NOW, "due_at": None, "reused_from": None}
            | {"output": "The sea keeps no diary.", "error": None}
        ],
    )

    max_cost: Number | None
    queue: QueuePlace | None
    inputs: dict[str, Any]
    output: Any
    spent: Spent
    steps: list[Step]


class ExecutionPage(BaseModel):
    model_config = example(items=[RUN], next_cursor=None)

    items: list[ExecutionSummary]
    next_cursor: str | None
