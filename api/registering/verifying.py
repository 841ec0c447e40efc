"""Somebody shows that an address is theirs, by what was sent there."""

from dataclasses import dataclass

from api.models.mail_proofs import MailProof
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.registering import pending
from api.registering.mail_proofs import address_shown, bad_code
from api.registering.registering import VERIFY
from api.registering.tenants import registered_tenant
from api.signing_in.ordering import ordered
from schemas.base import UserId
from schemas.identity.commands import VerifyEmail


@dataclass(frozen=True)
class VerifiedPerson:
    """`fresh`: the account was made just now, by whoever holds its password."""

    user_id: UserId
    fresh: bool


async def by_mail(deps: Deps, proof: MailProof) -> VerifiedPerson:
    return await verified(deps, await address_shown(deps, VERIFY, proof))


async def verified(deps: Deps, email_index: str) -> VerifiedPerson:
    """Who is here already becomes verified, and that is all: an address alone signs nobody in."""
    known = await deps.reads.user_by_index(PLATFORM_SCOPE, email_index)
    if known is not None:
        await ordered(deps, VerifyEmail(user_id=known.id, email_index=email_index))
        return VerifiedPerson(known.id, fresh=False)
    waiting = await pending.find(deps, email_index)
    if waiting is None:
        raise bad_code()
    registration, kept = waiting
    user_id = await registered_tenant(deps, registration, kept.wish, kept.password_hash)
    await deps.vault.registrations.take(registration)
    return VerifiedPerson(user_id, fresh=True)
