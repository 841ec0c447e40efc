"""Support acting in the name of a tenant's users: for a while, for a reason, and never out of sight."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.access import Permission, Role
from schemas.base import Command, Event, TenantId, UserId
from schemas.identity.types import Reason
from schemas.personal import Personal
from schemas.tenancy.types import Name

Minutes = Annotated[int, Field(ge=1, le=30)]
Hours = Annotated[int, Field(ge=1, le=7 * 24)]
Heads = Annotated[tuple[Personal, ...], Field(max_length=50)]
EndedBy = Literal["support", "tenant", "time"]


class StartImpersonation(Command, type_name="identity.support.start", stream="support-{0.tenant_id}"):
    """`email` is the user's, `by` the name of who will act as them, `heads` where the tenant's owners and
    admins are reached: for the letters that say so.
    """

    tenant_id: TenantId
    place_name: Name
    impersonation_id: UUID
    user_id: UserId
    email: Personal
    by: Personal
    reason: Reason
    minutes: Minutes = 30
    write: bool = False
    heads: Heads = ()


class EndImpersonation(Command, type_name="identity.support.end", stream="support-{0.tenant_id}"):
    """By whoever began it."""

    tenant_id: TenantId
    impersonation_id: UUID


class RevokeImpersonation(Command, type_name="identity.support.revoke", stream="support-{0.tenant_id}"):
    """By the tenant."""

    tenant_id: TenantId
    impersonation_id: UUID


class ExpireImpersonation(Command, type_name="identity.support.expire", stream="support-{0.tenant_id}"):
    tenant_id: TenantId
    impersonation_id: UUID


class AllowSupportWrites(Command, type_name="identity.support.allow_writes", stream="support-{0.tenant_id}"):
    """The tenant's consent: until then support may also change things in a user's name."""

    tenant_id: TenantId
    reason: Reason
    hours: Hours = 24


class WithdrawSupportWrites(
    Command, type_name="identity.support.withdraw_writes", stream="support-{0.tenant_id}"
):
    tenant_id: TenantId


class ImpersonationStarted(Event, type_name="identity.support.started"):
    tenant_id: TenantId
    place_name: str
    impersonation_id: UUID
    user_id: UserId
    email: Personal
    role: Role
    support_id: UserId
    by: Personal
    reason: str
    write: bool
    scopes: tuple[Permission, ...]
    until: datetime
    heads: tuple[Personal, ...] = ()


class ImpersonationEnded(Event, type_name="identity.support.ended"):
    tenant_id: TenantId
    impersonation_id: UUID
    ended_by: EndedBy


class SupportWritesAllowed(Event, type_name="identity.support.writes_allowed"):
    tenant_id: TenantId
    reason: str
    until: datetime


class SupportWritesWithdrawn(Event, type_name="identity.support.writes_withdrawn"):
    tenant_id: TenantId
