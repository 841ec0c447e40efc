"""Somebody came from a provider: they are let in, get an account, or are told why not."""

from uuid import uuid4

from starlette.requests import Request

from api.errors import ApiProblem
from api.federation.identities import account_at, owner_of
from api.federation.problems import problem
from api.models.identity import Token
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.registering.pending import Ids, Wish
from api.registering.tenants import registered_tenant
from api.signing_in.people import email_from, usable
from api.signing_in.second_factor import require_no_second_factor
from api.signing_in.sessions import signed_in
from infra.identity.session_types import MFA
from infra.oidc.identity import Identity
from infra.oidc.linking import Account, Linking, Refuse, Register, SignIn, by_identity
from schemas.base import UserId

FEDERATED = "fed"
LONGEST_NAME = 120


async def sign_in(deps: Deps, request: Request, provider: str, identity: Identity) -> Token:
    """Our second factor is asked for too, unless the provider is trusted to have asked for one."""
    user_id = await user_for(deps, provider, identity)
    if usable(await deps.reads.user_by_id(PLATFORM_SCOPE, user_id)) is None:
        raise ApiProblem(403, "auth.account_disabled", "This account is switched off.")
    amr = methods(deps, provider, identity)
    if MFA not in amr:
        await require_no_second_factor(deps, user_id, amr)
    return await signed_in(deps, request, user_id, amr)


def methods(deps: Deps, provider: str, identity: Identity) -> tuple[str, ...]:
    trusted = deps.federation.party.providers.named[provider].trust_mfa
    return (FEDERATED, MFA) if trusted and MFA in identity.methods else (FEDERATED,)


async def user_for(deps: Deps, provider: str, identity: Identity) -> UserId:
    match await decided(deps, identity):
        case SignIn(user_id):
            return user_id
        case Register():
            return await registered(deps, provider, identity)
        case Refuse(code):
            raise problem(code)
    raise problem("oidc.sign_in_to_link")


async def decided(deps: Deps, identity: Identity) -> Linking:
    email = email_from(identity.email or "")
    known = await deps.reads.user_by_index(PLATFORM_SCOPE, deps.people.index(email)) if email else None
    owner = await owner_of(deps, identity)
    account = Account(known.id, known.verified) if known else None
    readable = identity.model_copy(update={"email": email})
    return by_identity(readable, owner.id if owner else None, account)


async def registered(deps: Deps, provider: str, identity: Identity) -> UserId:
    if not deps.registration.open:
        raise ApiProblem(403, "auth.registration_closed", "Registration is closed. Ask for an invitation.")
    email = email_from(identity.email or "") or ""
    name = (identity.name or email.partition("@")[0])[:LONGEST_NAME]
    registration = uuid4()
    account = await account_at(deps, Ids(registration).user, provider, identity)
    wish = Wish(email=email, name=name, company=name)
    return await registered_tenant(deps, registration, wish, account=account)
