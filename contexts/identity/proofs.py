"""What a person proves with who they are: factors beside the password, accounts at other providers."""

from contexts.identity.errors import (
    FactorNotFound,
    IdentityInUse,
    IdentityNotFound,
    LastWayIn,
    TooManyFactors,
)
from contexts.identity.user import User, alive
from contexts.kernel import Context
from schemas.identity.commands import AddFactor, LinkIdentity, RemoveFactor, UnlinkIdentity
from schemas.identity.events import FactorAdded, FactorRemoved, IdentityLinked, IdentityUnlinked

MAX_FACTORS = 20


def add_factor(state: User | None, command: AddFactor, ctx: Context) -> list[FactorAdded]:
    user = alive(state)
    if command.factor_id in user.factors:
        return []
    if len(user.factors) >= MAX_FACTORS:
        raise TooManyFactors(f"you have {MAX_FACTORS} already; remove one first")
    return [FactorAdded(**dict(command))]


def remove_factor(state: User | None, command: RemoveFactor, ctx: Context) -> list[FactorRemoved]:
    user = alive(state)
    kind = user.factors.get(command.factor_id)
    if kind is None:
        raise FactorNotFound("you have no such factor")
    if kind == "passkey":
        require_another_way_in(user, command.another_way)
    return [FactorRemoved(user_id=user.user_id, factor_id=command.factor_id, kind=kind)]


def link_identity(state: User | None, command: LinkIdentity, ctx: Context) -> list[IdentityLinked]:
    """One account of each provider; whether it is somebody else's the claim says."""
    known = alive(state).identities.get(command.provider)
    if known == command.subject_index:
        return []
    if known is not None:
        raise IdentityInUse(f"another account of {command.provider} is linked; unlink it first")
    return [IdentityLinked(**dict(command))]


def unlink_identity(state: User | None, command: UnlinkIdentity, ctx: Context) -> list[IdentityUnlinked]:
    user = alive(state)
    known = user.identities.get(command.provider)
    if known is None:
        raise IdentityNotFound(f"no account of {command.provider} is linked")
    require_another_way_in(user, command.another_way)
    return [IdentityUnlinked(user_id=user.user_id, provider=command.provider, subject_index=known)]


def require_another_way_in(user: User, another_way: bool) -> None:
    """Decided here, where one thing happens after another: two that go at once would each see the other."""
    passkeys = sum(kind == "passkey" for kind in user.factors.values())
    if not another_way and passkeys + len(user.identities) <= 1:
        raise LastWayIn("this is your only way to sign in; set up another one first")
