"""A run step by step, and two runs side by side."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from api.models.common import ID, NOW, OTHER_ID, example
from api.models.execution import SPENT, RunError, RunSource, Spent
from api.rows.runs import ExecutionStatus, Outputs
from schemas.execution.chat import Usage


class TimelineAttempt(BaseModel):
    """`inputs`: what it was given, with all templates filled in and secrets by name only; large texts in it
    are `{"$payload": {…}}`. `spent` is null until the ledger has settled its call, or when it made none.
    """

    attempt: int
    status: str
    model: str | None
    began_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    usage: Usage | None
    latency_ms: int | None
    finish_reason: str | None
    error: RunError | None
    inputs: Any
    spent: Spent | None


class TimelineStep(BaseModel):
    """`kind` is `pure` for one that was computed on the spot, null for one that was not done.

    `output` may be `{"$payload": {…}}`.
    """

    node: str
    kind: str | None
    status: str
    attempt: int
    began_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    reused_from: UUID | None
    error: RunError | None
    output: Any
    attempts: list[TimelineAttempt]


class PinnedSource(RunSource):
    hash: str


SOURCE = {"kind": "workflow", "id": OTHER_ID, "name": "One-liner", "version": 3, "hash": "9f2c"}
USAGE = {"input": 31, "output": 12, "cache_read": 0, "cache_write": 0, "reasoning": 0, "estimated": False}
ATTEMPT: dict[str, Any] = {
    "attempt": 1,
    "status": "succeeded",
    "model": "local/smollm2",
    "began_at": NOW,
    "ended_at": NOW,
    "due_at": None,
    "usage": USAGE,
    "latency_ms": 412,
    "finish_reason": "stop",
    "error": None,
    "inputs": {"messages": [{"role": "user", "content": "One sentence about the sea."}]},
    "spent": SPENT,
}
STEP: dict[str, Any] = {
    "node": "draft",
    "kind": "llm",
    "status": "succeeded",
    "attempt": 1,
    "began_at": NOW,
    "ended_at": NOW,
    "due_at": None,
    "reused_from": None,
    "error": None,
    "output": "The sea keeps no diary.",
    "attempts": [ATTEMPT],
}


class Timeline(BaseModel):
    """`pure_steps`: how many steps of the whole run were computed on the spot."""

    model_config = example(
        job_id=ID,
        status="succeeded",
        source=SOURCE,
        pure_steps=2,
        spent=SPENT,
        items=[STEP],
        next_cursor=None,
    )

    job_id: UUID
    status: ExecutionStatus
    source: PinnedSource
    pure_steps: int
    spent: Spent
    items: list[TimelineStep]
    next_cursor: str | None


class StepDiff(BaseModel):
    """`outputs` compares what the step gave in both runs. `work`: whether the other run did it itself."""

    node: str
    outputs: Outputs
    status: str | None
    other_status: str | None
    work: Literal["redone", "reused"] | None


class RunDiff(BaseModel):
    """This run beside the `other`. `difference` is what the other spent more."""

    model_config = example(
        job_id=ID,
        other_job_id=OTHER_ID,
        spent=SPENT,
        other_spent=SPENT,
        difference={"calls": 0, "tokens": 0, "price": "0"},
        items=[
            {"node": "draft", "outputs": "different", "status": "succeeded", "other_status": "succeeded"}
            | {"work": "redone"}
        ],
        next_cursor=None,
    )

    job_id: UUID
    other_job_id: UUID
    spent: Spent
    other_spent: Spent
    difference: Spent
    items: list[StepDiff]
    next_cursor: str | None
