"""What a person proves with who they are: factors beside the password, accounts at other providers."""

from contexts.identity.errors import FactorNotFound, IdentityInUse, IdentityNotFound, TooManyFactors
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
    kind = alive(state).factors.get(command.factor_id)
    if kind is None:
        raise FactorNotFound("you have no such factor")
    return [FactorRemoved(**dict(command), kind=kind)]


def link_identity(state: User | None, command: LinkIdentity, ctx: Context) -> list[IdentityLinked]:
    """One account of each provider; whether it is somebody else's the claim says."""
    known = alive(state).identities.get(command.provider)
    if known == command.subject_index:
        return []
    if known is not None:
        raise IdentityInUse(f"another account of {command.provider} is linked; unlink it first")
    return [IdentityLinked(**dict(command))]


def unlink_identity(state: User | None, command: UnlinkIdentity, ctx: Context) -> list[IdentityUnlinked]:
    known = alive(state).identities.get(command.provider)
    if known is None:
        raise IdentityNotFound(f"no account of {command.provider} is linked")
    return [IdentityUnlinked(**dict(command), subject_index=known)]
