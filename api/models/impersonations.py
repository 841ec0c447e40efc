"""Support in the name of a tenant's users."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, example
from schemas.access import Permission, Role
from schemas.identity.support import EndedBy, Hours, Minutes
from schemas.identity.types import Reason
from schemas.personal import Redacted

SHOWN: dict[str, Any] = {
    "id": ID,
    "tenant_id": OTHER_ID,
    "user_id": ID,
    "role": "tenant_admin",
    "support_id": OTHER_ID,
    "support": "Sam",
    "reason": "Ticket 7: a run that does not end.",
    "write": False,
    "scopes": ["authoring:read", "executions:read", "tenants:read"],
    "until": "2026-11-23T10:30:00Z",
    "ended_at": None,
    "ended_by": None,
    "created_at": NOW,
}


class ImpersonateBody(Body):
    """`write`: also change things. The tenant must have allowed that."""

    model_config = example(
        tenant=OTHER_ID, user=ID, reason="Ticket 7: a run that does not end.", minutes=30, write=False
    )

    tenant: UUID
    user: UUID
    reason: Reason
    minutes: Minutes = 30
    write: bool = False


class ImpersonationToken(BaseModel):
    """An access token in the user's name that says who really acts. There is no refresh token to it."""

    model_config = example(
        id=ID, access_token="eyJhbGciOiJFUzI1NiIs…", token_type="bearer", expires_in=600, until=NOW
    )

    id: UUID
    access_token: str
    token_type: Literal["bearer"] = "bearer"
    expires_in: int
    until: datetime


class Impersonation(BaseModel):
    model_config = example(**SHOWN)

    id: UUID
    tenant_id: UUID
    user_id: UUID
    role: Role
    support_id: UUID
    support: str | Redacted
    reason: str
    write: bool
    scopes: list[Permission]
    until: datetime
    ended_at: datetime | None
    ended_by: EndedBy | None
    created_at: datetime


class ImpersonationPage(BaseModel):
    model_config = example(items=[SHOWN], next_cursor=None)

    items: list[Impersonation]
    next_cursor: str | None


class ConsentBody(Body):
    model_config = example(reason="Please repair the trigger.", hours=24)

    reason: Reason
    hours: Hours = 24


class Consent(BaseModel):
    """Whether support may change things in users' names now, and until when."""

    model_config = example(allowed=True, until=NOW, reason="Please repair the trigger.")

    allowed: bool
    until: datetime | None
    reason: str | None
