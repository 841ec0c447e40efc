"""A person who can log in: one account, whatever roles they have and wherever."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

from contexts.identity.errors import AddressChanged, UserErased, UserExists, UserNotFound
from contexts.kernel import Aggregate, Context
from schemas.base import UserId
from schemas.identity import commands, events
from schemas.identity.types import FactorKind

K = TypeVar("K")
V = TypeVar("V")
UserEvent = (
    events.UserRegistered
    | events.EmailVerified
    | events.UserRenamed
    | events.PasswordChanged
    | events.FactorAdded
    | events.FactorRemoved
    | events.IdentityLinked
    | events.IdentityUnlinked
    | events.UserDisabled
    | events.UserEnabled
    | events.UserErased
    | events.ErasureDone
)


@dataclass(frozen=True)
class User:
    """`identities`: the index of the account they sign in with, by provider."""

    user_id: UserId
    email_index: str
    verified: bool = False
    disabled: bool = False
    erased: bool = False
    receipt: bool = False
    factors: Mapping[UUID, FactorKind] = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)


def register(
    state: User | None, command: commands.RegisterUser, ctx: Context
) -> Sequence[events.UserRegistered | events.IdentityLinked]:
    """A person who is known under this address stays as they are."""
    if state is None:
        registered = events.UserRegistered(**command.model_dump(exclude={"account"}))
        account = command.account
        linked = [events.IdentityLinked(user_id=command.user_id, **dict(account))] if account else []
        return [registered, *linked]
    if state.email_index == command.email_index:
        return []
    raise UserExists(f"user {command.user_id} is already registered with another address")


def verify_email(
    state: User | None, command: commands.VerifyEmail, ctx: Context
) -> list[events.EmailVerified]:
    user = alive(state)
    if user.email_index != command.email_index:
        raise AddressChanged("this address was replaced in the meantime")
    return [] if user.verified else [events.EmailVerified(user_id=user.user_id)]


def rename(state: User | None, command: commands.RenameUser, ctx: Context) -> list[events.UserRenamed]:
    alive(state)
    return [events.UserRenamed(**dict(command))]


def note_password_change(
    state: User | None, command: commands.NotePasswordChange, ctx: Context
) -> list[events.PasswordChanged]:
    alive(state)
    return [events.PasswordChanged(**dict(command))]


def disable(state: User | None, command: commands.DisableUser, ctx: Context) -> list[events.UserDisabled]:
    return [] if alive(state).disabled else [events.UserDisabled(**dict(command))]


def enable(state: User | None, command: commands.EnableUser, ctx: Context) -> list[events.UserEnabled]:
    return [events.UserEnabled(**dict(command))] if alive(state).disabled else []


def erase(state: User | None, command: commands.EraseUser, ctx: Context) -> list[events.UserErased]:
    user = found(state)
    if user.erased:
        return []
    known = tuple(user.identities.values())
    return [events.UserErased(**dict(command), email_index=user.email_index, identities=known)]


def note_erasure(state: User | None, command: commands.NoteErasure, ctx: Context) -> list[events.ErasureDone]:
    """Once: what is found when it is done again is what came later."""
    user = found(state)
    return [] if user.receipt or not user.erased else [events.ErasureDone(**dict(command))]


def found(state: User | None) -> User:
    if state is None:
        raise UserNotFound("there is no such user")
    return state


def alive(state: User | None) -> User:
    user = found(state)
    if user.erased:
        raise UserErased("this user was erased")
    return user


def evolve(state: User | None, event: UserEvent) -> User | None:
    if isinstance(event, events.UserRegistered):
        return User(event.user_id, event.email_index, event.verified)
    if state is None:
        return None
    match event:
        case events.EmailVerified():
            return replace(state, verified=True)
        case events.FactorAdded():
            return replace(state, factors={**state.factors, event.factor_id: event.kind})
        case events.FactorRemoved():
            return replace(state, factors=without(state.factors, event.factor_id))
        case events.IdentityLinked():
            return replace(state, identities={**state.identities, event.provider: event.subject_index})
        case events.IdentityUnlinked():
            return replace(state, identities=without(state.identities, event.provider))
        case events.UserDisabled():
            return replace(state, disabled=True)
        case events.UserEnabled():
            return replace(state, disabled=False)
        case events.UserErased():
            return replace(state, erased=True, factors={}, identities={})
        case events.ErasureDone():
            return replace(state, receipt=True)
    return state


def without(mapping: Mapping[K, V], key: K) -> Mapping[K, V]:
    return {known: value for known, value in mapping.items() if known != key}


USER = Aggregate("user", User, evolve)
