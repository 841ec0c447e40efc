"""Why somebody may do something, or may not: the same table everything else asks, told in words."""

from collections.abc import Iterator

from schemas.access import PERMISSIONS, Permission, Role
from schemas.base import Value
from schemas.envelope import Actor
from schemas.identity.types import Place

OWN = "an account is its owner's own"
NOT_IN_ANOTHERS_NAME = "nobody acts on an account in its owner's name"


class Decision(Value):
    """`roles`: which roles allow it, at whatever place."""

    allowed: bool
    because: tuple[str, ...]
    roles: tuple[Role, ...]


def explain(actor: Actor, permission: Permission, place: Place) -> Decision:
    reasons = tuple(told(actor, permission, place))
    against = tuple(words for allows, words in reasons if not allows)
    return Decision(
        allowed=not against,
        because=against or tuple(words for _, words in reasons),
        roles=roles_with(permission),
    )


def told(actor: Actor, permission: Permission, place: Place) -> Iterator[tuple[bool, str]]:
    """What speaks for it and what against it."""
    if permission is Permission.SELF:
        own = actor.impersonator is None
        yield own, OWN if own else NOT_IN_ANOTHERS_NAME
        return
    if permission is Permission.INTERNAL:
        yield False, "only the platform's own parts do this"
        return
    yield from told_of_role(actor, permission)
    yield from told_of_scopes(actor, permission)
    yield from told_of_place(actor, place)


def told_of_role(actor: Actor, permission: Permission) -> Iterator[tuple[bool, str]]:
    if actor.role is None:
        yield False, "they have no role here"
    elif permission in PERMISSIONS[actor.role]:
        yield True, f"the role {actor.role} includes {permission}"
    else:
        yield False, f"the role {actor.role} does not include {permission}"


def told_of_scopes(actor: Actor, permission: Permission) -> Iterator[tuple[bool, str]]:
    if actor.scopes is None:
        return
    what = "support in a user's name" if actor.impersonator else f"this {actor.kind}'s access"
    has = permission in actor.scopes
    yield has, f"{what} is {'' if has else 'not '}for {permission}"


def told_of_place(actor: Actor, place: Place) -> Iterator[tuple[bool, str]]:
    if actor.tenant_id is not None:
        same = actor.tenant_id == place.tenant_id
        yield same, "the role holds at this tenant" if same else "the role holds at another tenant only"
    elif actor.partner_id is not None:
        below = actor.partner_id == place.partner_id
        yield below, "the partner's roles hold at its tenants" if below else "this is another partner's"
    else:
        yield True, "the platform's roles hold everywhere"


def roles_with(permission: Permission) -> tuple[Role, ...]:
    return tuple(role for role in Role if permission in PERMISSIONS[role])
