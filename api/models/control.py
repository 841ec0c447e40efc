"""What people say to a run: stop, wait, go on, again from here, and answers it waits for."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, example
from api.rows.runs import ApprovalStatus
from schemas.authoring.parts import ModelName, NodeId


class EndBody(Body):
    model_config = example(reason="Not needed any more.")

    reason: str = Field("", max_length=500)


class SignalBody(Body):
    """`payload` becomes the output of the wait for this event."""

    model_config = example(payload={"paid": True})

    payload: Any = None


class ForkBody(Body):
    """Goes on from the finished steps before `from_node`; without it everything is done anew.

    `models`: other models, by node. Without `inputs`: those of the run.
    """

    model_config = example(from_node="draft", models={"draft": "local/smollm2"}, priority=5)

    from_node: NodeId | None = None
    inputs: dict[NodeId, Any] | None = Field(None, max_length=100)
    models: dict[NodeId, ModelName] = Field(default_factory=dict, max_length=1_000)
    priority: int = Field(5, ge=0, le=9)


class AnswerBody(Body):
    """`data` is what the form asks for."""

    model_config = example(approved=True, data={"comment": "Go ahead."})

    approved: bool
    data: dict[str, Any] = Field(default_factory=dict, max_length=100)


APPROVAL: dict[str, Any] = {
    "job_id": ID,
    "tenant_id": OTHER_ID,
    "node": "review",
    "attempt": 1,
    "purpose": "approval",
    "status": "open",
    "message": "Send this letter to Ada?",
    "form": {"type": "object", "properties": {"comment": {"type": "string"}}},
    "assignees": ["ada@acme.example"],
    "asked_at": NOW,
    "deadline": NOW,
    "escalate_at": None,
    "escalate_to": [],
    "escalated_at": None,
    "closed_at": None,
    "approved": None,
    "data": None,
    "answered_by": None,
}


class Approval(BaseModel):
    """A question to people. No `assignees`: anybody who may answer approvals. `escalate_to` may as well from
    `escalated_at` on. It is abandoned when the run no longer waits for it."""

    model_config = example(**APPROVAL)

    job_id: UUID
    tenant_id: UUID
    node: str
    attempt: int
    purpose: Literal["approval", "tool", "unknown"]
    status: ApprovalStatus
    message: str
    form: dict[str, Any] | None
    assignees: list[str]
    asked_at: datetime
    deadline: datetime
    escalate_at: datetime | None
    escalate_to: list[str]
    escalated_at: datetime | None
    closed_at: datetime | None
    approved: bool | None
    data: dict[str, Any] | None
    answered_by: str | None


class ApprovalPage(BaseModel):
    model_config = example(items=[APPROVAL], next_cursor=None)

    items: list[Approval]
    next_cursor: str | None
