"""Who has which role at one place: a tenant, a partner, the platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contexts.identity.errors import (
    AlreadyMember,
    LastOfItsKind,
    NotAMember,
    NotYourPlace,
    PlaceClosed,
    RoleAboveYours,
    RoleDoesNotFit,
    TooManyMembers,
)
from contexts.kernel import Aggregate, Context
from schemas.access import HEADS, PERMISSIONS, Permission, Role
from schemas.base import UserId
from schemas.envelope import Actor
from schemas.identity.commands import ChangeRole, GrantMembership, RevokeMembership
from schemas.identity.events import MembershipGranted, MembershipRevoked, RoleChanged, TeamDisbanded
from schemas.identity.types import Place

MAX_MEMBERS = 1_000
TeamEvent = MembershipGranted | RoleChanged | MembershipRevoked | TeamDisbanded


@dataclass(frozen=True)
class Team:
    roles: Mapping[UserId, Role] = field(default_factory=dict)
    disbanded: bool = False


def grant(state: Team | None, command: GrantMembership, ctx: Context) -> list[MembershipGranted]:
    if state and state.disbanded:
        raise PlaceClosed("this place is closed")
    roles = roles_of(state)
    known = roles.get(command.person.user_id)
    if known == command.role:
        return []
    require_fit(command.role, command.place)
    require_standing(ctx.actor, command.place, command.role)
    if known is not None:
        raise AlreadyMember(f"they are {known} here; change the role instead")
    if len(roles) >= MAX_MEMBERS:
        raise TooManyMembers(f"{MAX_MEMBERS} is the limit")
    return [MembershipGranted(**dict(command))]


def change_role(state: Team | None, command: ChangeRole, ctx: Context) -> list[RoleChanged]:
    roles = roles_of(state)
    before = role_in(roles, command.user_id)
    require_fit(command.role, command.place)
    require_standing(ctx.actor, command.place, before, command.role)
    if before == command.role:
        return []
    require_head_left({**roles, command.user_id: command.role}, before)
    return [RoleChanged(**dict(command))]


def revoke(state: Team | None, command: RevokeMembership, ctx: Context) -> list[MembershipRevoked]:
    """Everybody may leave, nobody in another's name."""
    roles = roles_of(state)
    before = role_in(roles, command.user_id)
    if ctx.actor.impersonator is not None or ctx.actor.id != str(command.user_id):
        require_standing(ctx.actor, command.place, before)
    if not (command.erased and ctx.actor.is_ours):
        require_head_left({user: role for user, role in roles.items() if user != command.user_id}, before)
    return [MembershipRevoked(place=command.place, user_id=command.user_id, reason=command.reason)]


def roles_of(state: Team | None) -> Mapping[UserId, Role]:
    return state.roles if state else {}


def role_in(roles: Mapping[UserId, Role], user_id: UserId) -> Role:
    if user_id not in roles:
        raise NotAMember("there is no such member")
    return roles[user_id]


def require_fit(role: Role, place: Place) -> None:
    if role.level != place.level:
        raise RoleDoesNotFit(f"{role} is no role of a {place.level}")


def require_standing(actor: Actor, place: Place, *roles: Role) -> None:
    """Whoever manages a team stands in it or above it, and gives or takes no role that can do more."""
    if actor.is_ours:
        return
    if not stands_over(actor, place) or not actor.may(Permission.MEMBERS_MANAGE):
        raise NotYourPlace("this is not your team to manage")
    require_no_more_than(actor, place, *roles)


def require_no_more_than(actor: Actor, place: Place, *roles: Role) -> None:
    """From inside, nobody gives what they may not do themselves, with the scopes they have now."""
    inside = actor.role is not None and actor.role.level == place.level
    if inside and not all(PERMISSIONS[role] <= actor.permissions for role in roles):
        raise RoleAboveYours("this role can do more than yours")


def stands_over(actor: Actor, place: Place) -> bool:
    if actor.tenant_id is not None:
        return actor.tenant_id == place.tenant_id
    return actor.partner_id in (None, place.partner_id)


def require_head_left(roles: Mapping[UserId, Role], before: Role) -> None:
    if before in HEADS and before not in roles.values():
        raise LastOfItsKind(f"the last {before} cannot go; name another one first")


def evolve(state: Team | None, event: TeamEvent) -> Team:
    roles = dict(roles_of(state))
    match event:
        case TeamDisbanded():
            return replace(state or Team(), roles={}, disbanded=True)
        case MembershipGranted():
            roles[event.person.user_id] = event.role
        case RoleChanged():
            roles[event.user_id] = event.role
        case MembershipRevoked():
            roles.pop(event.user_id, None)
    return replace(state or Team(), roles=roles)


TEAM = Aggregate("team", Team, evolve, snapshot_every=200)
