"""A line of the access log. Never a body, a query string, a token or a name of a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from schemas.base import PartnerId, TenantId

Decision = Literal["allowed", "denied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`actor` as events have it; `subject` is as whom they acted, `impersonator` who really did.

    `route` is the pattern, `permission` what was asked for, `code` why it was not done.
    """

    id: UUID
    at: datetime
    request_id: str
    actor: str | None
    subject: str | None
    impersonator: str | None
    role: str | None
    tenant_id: TenantId | None
    partner_id: PartnerId | None
    ip: str
    method: str
    route: str
    status: int
    decision: Decision
    code: str | None
    permission: str | None
    user_agent: str
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. `actor` matches who acted, as whom, and who was behind it."""

    actor: str | None = None
    tenant_id: UUID | None = None
    route: str | None = None
    decision: Decision | None = None
    since: datetime | None = None
    until: datetime | None = None
