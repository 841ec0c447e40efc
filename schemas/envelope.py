"""What travels with a message: who, for whom, because of what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from schemas.access import Permission, Role, permitted
from schemas.base import Event, PartnerId, TenantId, Value


class Actor(Value):
    """Who acts, in one role at one place.

    `user` is a person, `service` an account for programs, `operator` somebody at the platform's machine,
    `system` a policy, effect or timer; its id is that part's name. `scopes` take away from what the role
    allows. `impersonator`: who really acts, in the name of the user `id`. `authenticated_at` and `mfa` say
    when and how strongly the person last proved who they are.
    """

    kind: Literal["user", "service", "system", "operator"]
    id: str
    role: Role | None = None
    tenant_id: TenantId | None = None
    partner_id: PartnerId | None = None
    scopes: frozenset[Permission] | None = None
    session_id: UUID | None = None
    impersonator: str | None = None
    authenticated_at: datetime | None = None
    mfa: bool = False

    @property
    def is_ours(self) -> bool:
        """Part of the platform, or at its machine: bound by no role."""
        return self.kind in ("system", "operator")

    @property
    def permissions(self) -> frozenset[Permission]:
        return permitted(self.role, self.scopes)

    def may(self, permission: Permission) -> bool:
        return self.is_ours or permission in self.permissions

    def __str__(self) -> str:
        if self.impersonator:
            return f"user:{self.impersonator} for {self.kind}:{self.id}"
        return f"{self.kind}:{self.id}"


class Envelope(Value):
    """A command on its way. `input_hash` tells a retry from another request under the same id."""

    message_id: UUID
    type: str
    tenant_id: TenantId
    partner_id: PartnerId | None
    actor: Actor
    correlation_id: UUID
    causation: str | None
    input_hash: str
    traceparent: str | None = None
    data: Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as stored: `(stream, version)` names it for ever, `position` orders it among all."""

    position: int
    stream: str
    version: int
    tenant_id: TenantId
    partner_id: PartnerId | None
    actor: str
    message_id: UUID
    correlation_id: UUID
    recorded_at: datetime
    traceparent: str | None
    event: Event

    @property
    def ref(self) -> str:
        return f"{self.stream}@{self.version}"


class Problem(Value):
    """One thing wrong with an input: where, a stable code, words for a person."""

    code: str
    message: str
    path: str = ""
    node: str | None = None


class Refusal(Value):
    """Why a command was refused. `kind` picks the HTTP status."""

    code: str
    kind: Literal["invalid", "forbidden", "not_found", "conflict", "payment_required", "gone"]
    detail: str
    problems: tuple[Problem, ...] = ()


class Answer(Value):
    """What became of a command. Stored with its events; a repeated message id gets the same one."""

    message_id: UUID
    status: Literal["accepted", "rejected"]
    stream: str
    version: int
    position: int
    refusal: Refusal | None = None
