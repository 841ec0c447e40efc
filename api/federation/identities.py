"""Accounts at other providers, as we know them: by a keyed hash of issuer and subject, the subject sealed."""

from uuid import uuid4

from api.errors import ApiProblem
from api.federation.problems import problem
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import UserRow
from api.sending import Attempt
from api.submit import until
from infra.oidc.identity import Identity
from schemas.base import PLATFORM, UserId
from schemas.envelope import Actor
from schemas.identity.commands import LinkIdentity
from schemas.identity.types import ProviderAccount

IDENTITY = "identity"
TAKEN = "conflict.identity_taken"


def index_of(deps: Deps, identity: Identity) -> str:
    return deps.people.box.index(IDENTITY, f"{identity.issuer}|{identity.subject}")


async def owner_of(deps: Deps, identity: Identity) -> UserRow | None:
    return await deps.reads.user_by_identity(PLATFORM_SCOPE, index_of(deps, identity))


async def account_at(deps: Deps, user_id: UserId, provider: str, identity: Identity) -> ProviderAccount:
    [subject] = await deps.people.box.seal(user_id, identity.subject)
    return ProviderAccount(provider=provider, subject_index=index_of(deps, identity), subject=subject)


async def link(deps: Deps, user_id: UserId, provider: str, identity: Identity) -> None:
    """From here on it signs them in: waits, in bounds, until the read side knows it too."""
    account = await account_at(deps, user_id, provider, identity)
    command = LinkIdentity(user_id=user_id, **dict(account))
    person = Actor(kind="user", id=str(user_id))
    try:
        await Attempt(deps, person, uuid4(), "").send(command, PLATFORM, None)
    except ApiProblem as error:
        raise problem("oidc.already_linked") if error.code == TAKEN else error from error
    await until(lambda: is_linked(deps, identity), deps.limits.read_wait_seconds)


async def is_linked(deps: Deps, identity: Identity) -> bool:
    return await owner_of(deps, identity) is not None
