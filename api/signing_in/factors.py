"""The factors a person has: kept in the vault, told by events, and by mail to whom they belong."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from api.errors import ApiProblem
from api.parts import Deps
from api.sending import Attempt
from api.signing_in.second_factor import methods_of
from api.signing_in.telling import tell_of_change
from schemas.base import PLATFORM, Command, UserId
from schemas.identity.commands import AddFactor, RemoveFactor
from schemas.identity.types import FactorKind

NAMESPACE = UUID("0d1c7c0e-93d5-4a7e-9d5c-5f6a8f6f2a11")
"""Never changes: ids of factors derived from it are stored."""

APP = "authenticator app"


@dataclass(frozen=True)
class Factor:
    """`key` tells it from others of its kind; `called` is for people."""

    user_id: UserId
    kind: FactorKind
    key: str
    called: str

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.user_id} {self.kind} {self.key}")


def app_of(user_id: UserId) -> Factor:
    return Factor(user_id, "totp", "", APP)


async def added(
    deps: Deps, attempt: Attempt, factor: Factor, undo: Callable[[], Awaitable[object]]
) -> int | None:
    """`undo` takes it out of the vault again when it cannot be recorded: then it was not added."""
    command = AddFactor(user_id=factor.user_id, factor_id=factor.id, kind=factor.kind, label=factor.called)
    try:
        position = await recorded(attempt, command)
    except Exception:
        await undo()
        raise
    await tell_of_change(deps, factor.user_id, f"{factor.called} added")
    return position


async def removed(
    deps: Deps, attempt: Attempt, factor: Factor, forget: Callable[[], Awaitable[object]]
) -> int | None:
    """`forget` takes it out of the vault once it may go. Without a factor recovery codes recover nothing."""
    position = await let_go(deps, attempt, factor)
    await forget()
    if not await methods_of(deps, factor.user_id):
        await deps.vault.recovery_codes.remove(factor.user_id)
    await tell_of_change(deps, factor.user_id, f"{factor.called} removed")
    return position


async def let_go(deps: Deps, attempt: Attempt, factor: Factor) -> int | None:
    """Who was interrupted half way comes again: then it is gone from the events already."""
    another_way = await deps.vault.passwords.get(factor.user_id) is not None
    command = RemoveFactor(user_id=factor.user_id, factor_id=factor.id, another_way=another_way)
    try:
        position = await recorded(attempt, command)
    except ApiProblem as problem:
        if problem.code != "identity.factor_not_found":
            raise
        return None
    if position is None:
        raise ApiProblem(503, "auth.not_decided_yet", "Ask again in a moment.", headers={"Retry-After": "1"})
    return position


async def recorded(attempt: Attempt, command: Command) -> int | None:
    """None: queued, it will be."""
    answer = await attempt.send(command, PLATFORM, None)
    return answer.position if answer else None


async def first_codes(deps: Deps, user_id: UserId) -> Sequence[str] | None:
    """Shown with the first factor; None for who has some left."""
    if await deps.vault.recovery_codes.left(user_id):
        return None
    return await deps.vault.recovery_codes.renew(user_id)
