"""What the access log tells."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from api.models.common import ID, NOW, OTHER_ID, example

ENTRY = {
    "id": ID,
    "at": NOW,
    "request_id": "5f0c",
    "actor": f"user:{OTHER_ID}",
    "subject": OTHER_ID,
    "impersonator": None,
    "role": "tenant_admin",
    "tenant_id": ID,
    "partner_id": OTHER_ID,
    "ip": "203.0.113.7",
    "method": "POST",
    "route": "/agents",
    "status": 201,
    "decision": "allowed",
    "code": None,
    "permission": "authoring:write",
    "user_agent": "curl/8.5.0",
    "ms": 12.5,
}


class AccessEntry(BaseModel):
    """A request that changed something, was denied, took files away, or was made in another's name."""

    model_config = example(**ENTRY)

    id: UUID
    at: datetime
    request_id: str
    actor: str | None
    subject: str | None
    impersonator: str | None
    role: str | None
    tenant_id: UUID | None
    partner_id: UUID | None
    ip: str
    method: str
    route: str
    status: int
    decision: Literal["allowed", "denied"]
    code: str | None
    permission: str | None
    user_agent: str
    ms: float


class AccessPage(BaseModel):
    model_config = example(items=[ENTRY], next_cursor=None)

    items: list[AccessEntry]
    next_cursor: str | None
