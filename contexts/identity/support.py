"""What support does in the name of one tenant's users, and whether it may change things there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from contexts.identity.errors import (
    ImpersonationNotFound,
    NotAMember,
    NotInPerson,
    NotTheirsToAllow,
    SupportWritesNotAllowed,
    TooManyImpersonations,
)
from contexts.identity.facts import SupportFacts
from contexts.kernel import Aggregate, Context
from schemas.access import Level
from schemas.access_limits import for_support
from schemas.base import TenantId, UserId
from schemas.envelope import Actor
from schemas.identity import support as s

MOST_AT_ONCE = 20
ConsentEvent = s.SupportWritesAllowed | s.SupportWritesWithdrawn
SupportEvent = s.ImpersonationStarted | s.ImpersonationEnded | ConsentEvent


@dataclass(frozen=True)
class Session:
    support_id: UserId
    write: bool
    until: datetime


@dataclass(frozen=True)
class Support:
    """`writes_until`: how far the tenant's consent to changes goes."""

    under_way: Mapping[UUID, Session] = field(default_factory=dict)
    writes_until: datetime | None = None


def start(state: Support | None, command: s.StartImpersonation, ctx: Context) -> list[s.ImpersonationStarted]:
    """By somebody of the platform as themselves, so that nobody hides behind a second person."""
    facts: SupportFacts = ctx.facts
    support = state or Support()
    require_in_person(ctx.actor, "platform")
    if facts.role is None:
        raise NotAMember("this tenant has no such member")
    if command.impersonation_id in support.under_way:
        return []
    if command.write and not writes_allowed(support, ctx.now):
        raise SupportWritesNotAllowed("the tenant has not allowed support to change things")
    if sum(one.until > ctx.now for one in support.under_way.values()) >= MOST_AT_ONCE:
        raise TooManyImpersonations(f"{MOST_AT_ONCE} are under way at this tenant")
    return [
        s.ImpersonationStarted(
            **command.model_dump(exclude={"minutes"}),
            role=facts.role,
            support_id=UserId(UUID(ctx.actor.id)),
            scopes=tuple(sorted(for_support(facts.role, command.write))),
            until=ctx.now + timedelta(minutes=command.minutes),
        )
    ]


def end(state: Support | None, command: s.EndImpersonation, ctx: Context) -> list[s.ImpersonationEnded]:
    session = found(state, command.impersonation_id)
    if ctx.actor.impersonator or (not ctx.actor.is_ours and ctx.actor.id != str(session.support_id)):
        raise ImpersonationNotFound("no such impersonation of yours is under way")
    return [ended(command.tenant_id, command.impersonation_id, "support")]


def revoke(state: Support | None, command: s.RevokeImpersonation, ctx: Context) -> list[s.ImpersonationEnded]:
    found(state, command.impersonation_id)
    return [ended(command.tenant_id, command.impersonation_id, "tenant")]


def expire(state: Support | None, command: s.ExpireImpersonation, ctx: Context) -> list[s.ImpersonationEnded]:
    session = (state or Support()).under_way.get(command.impersonation_id)
    if session is None or ctx.now < session.until:
        return []
    return [ended(command.tenant_id, command.impersonation_id, "time")]


def allow_writes(
    state: Support | None, command: s.AllowSupportWrites, ctx: Context
) -> list[s.SupportWritesAllowed]:
    """The tenant's own people say so; the platform cannot in their place."""
    require_own_tenant(ctx, command.tenant_id)
    until = ctx.now + timedelta(hours=command.hours)
    return [s.SupportWritesAllowed(tenant_id=command.tenant_id, reason=command.reason, until=until)]


def withdraw_writes(
    state: Support | None, command: s.WithdrawSupportWrites, ctx: Context
) -> list[s.SupportWritesWithdrawn | s.ImpersonationEnded]:
    """What goes on with changes ends too."""
    require_own_tenant(ctx, command.tenant_id)
    support = state or Support()
    if support.writes_until is None:
        return []
    writing = [id_ for id_, session in support.under_way.items() if session.write]
    return [
        s.SupportWritesWithdrawn(tenant_id=command.tenant_id),
        *(ended(command.tenant_id, id_, "tenant") for id_ in writing),
    ]


def writes_allowed(support: Support, now: datetime) -> bool:
    return support.writes_until is not None and now < support.writes_until


def require_own_tenant(ctx: Context, tenant_id: TenantId) -> None:
    require_in_person(ctx.actor, "tenant")
    if ctx.actor.tenant_id != tenant_id:
        raise NotTheirsToAllow("only people of this tenant allow this")


def require_in_person(actor: Actor, level: Level) -> None:
    """Neither a program, nor in somebody's name."""
    in_person = actor.kind == "user" and actor.impersonator is None
    if not in_person or actor.role is None or actor.role.level != level:
        raise NotInPerson(f"only a person of the {level}, acting as themselves, may do this")


def found(state: Support | None, impersonation_id: UUID) -> Session:
    session = (state or Support()).under_way.get(impersonation_id)
    if session is None:
        raise ImpersonationNotFound("no such impersonation is under way")
    return session


def ended(tenant_id: TenantId, impersonation_id: UUID, ended_by: s.EndedBy) -> s.ImpersonationEnded:
    return s.ImpersonationEnded(tenant_id=tenant_id, impersonation_id=impersonation_id, ended_by=ended_by)


def evolve(state: Support | None, event: SupportEvent) -> Support:
    support = state or Support()
    match event:
        case s.SupportWritesAllowed():
            return replace(support, writes_until=event.until)
        case s.SupportWritesWithdrawn():
            return replace(support, writes_until=None)
        case s.ImpersonationStarted():
            session = Session(event.support_id, event.write, event.until)
            return replace(support, under_way={**support.under_way, event.impersonation_id: session})
    others = {id_: one for id_, one in support.under_way.items() if id_ != event.impersonation_id}
    return replace(support, under_way=others)


SUPPORT = Aggregate("support", Support, evolve, snapshot_every=200)
