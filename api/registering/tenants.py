"""Somebody registered by themselves: they get an account, and a tenant that is theirs."""

from uuid import UUID

from api.errors import ApiProblem
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.registering.pending import Ids, Wish
from api.registering.subdomains import other, wished
from api.signing_in.ordering import ordered
from api.submit import until
from schemas.base import PLATFORM, PartnerId, UserId
from schemas.identity.types import Person, ProviderAccount
from schemas.tenancy.commands import CreatePartner, ProvisionTenant
from schemas.tenancy.types import PartnerTerms

HOUSE = PartnerId(UUID("7d3e8a51-64c2-4c1b-8a7e-2b9f5c0d1e44"))
"""The platform's own partner, whose tenants came without one."""


async def registered_tenant(
    deps: Deps,
    registration: UUID,
    wish: Wish,
    password_hash: str | None = None,
    account: ProviderAccount | None = None,
) -> UserId:
    """They can sign in when this returns; the address is known to be theirs. May be repeated.

    One command says all of it: the account, its place and its link follow from its event, whoever dies.
    """
    ids, partner_id = Ids(registration), await partner_of(deps)
    person = await deps.people.person(ids.user, wish.email, wish.name)
    if password_hash is not None:
        await deps.vault.passwords.create(ids.user, password_hash)
    await provision(deps, ids, partner_id, wish, person, account)
    if not await until(lambda: is_member(deps, ids), deps.limits.read_wait_seconds):
        raise not_ready()
    return ids.user


async def provision(
    deps: Deps, ids: Ids, partner_id: PartnerId, wish: Wish, owner: Person, account: ProviderAccount | None
) -> None:
    """Under the subdomain they wish for, if it can be had."""
    subdomain = wish.subdomain or wished(wish.company)
    command = ProvisionTenant(
        tenant_id=ids.tenant,
        partner_id=partner_id,
        name=wish.company,
        subdomain=subdomain,
        monthly_budget=None,
        owner=owner,
        owner_verified=True,
        owner_account=account,
    )
    name = f"provision {ids.tenant}"
    try:
        await ordered(deps, command, ids.tenant, partner_id, once=name)
    except ApiProblem as problem:
        if "subdomain" not in problem.code:
            raise
        command = command.model_copy(update={"subdomain": other(subdomain, ids.tenant)})
        await ordered(deps, command, ids.tenant, partner_id, once=f"{name} again")


async def partner_of(deps: Deps) -> PartnerId:
    """The house partner is made for the first who needs it."""
    partner_id = deps.registration.partner_id or HOUSE
    if partner_id == HOUSE and await deps.reads.partner(PLATFORM_SCOPE, HOUSE) is None:
        command = CreatePartner(partner_id=HOUSE, name="HireBuddha", terms=PartnerTerms(), admin=None)
        await ordered(deps, command, PLATFORM, HOUSE, once="create the house partner")
    return partner_id


async def is_member(deps: Deps, ids: Ids) -> bool:
    if await deps.reads.user_by_id(PLATFORM_SCOPE, ids.user) is None:
        return False
    return await deps.reads.member(PLATFORM_SCOPE, ids.tenant, ids.user) is not None


def not_ready() -> ApiProblem:
    return ApiProblem(
        503,
        "auth.account_not_ready",
        "The account is being made. Sign in in a moment.",
        headers={"Retry-After": "2"},
    )
