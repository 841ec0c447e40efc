"""What routes about partners and tenants share."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from api.at import At
from api.errors import not_found
from api.inviting import invite
from api.models.common import Done
from api.models.identity import NewUserBody
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import PartnerRow, TenantRow
from api.signing_in.people import user_with
from api.submit import Attempt
from infra.db.scope import Scope
from schemas.access import Role
from schemas.base import Command, TenantId, UserId
from schemas.envelope import Answer
from schemas.identity.types import Person, Place
from schemas.tenancy.commands import ProvisionTenant

LONGEST = 14
"""Days in which an owner may accept."""


async def change(attempt: Attempt, tenant: TenantRow, command: Command) -> Any:
    answer = await attempt.send(command, tenant.id, tenant.partner_id)
    if answer is None:
        return attempt.pending(id=tenant.id)
    return Done(id=tenant.id, position=answer.position)


async def invite_owner(attempt: Attempt, command: ProvisionTenant, email: str) -> Answer | None:
    """A wish of its own: a retry of the whole request repeats both."""
    at = At(Place(tenant_id=command.tenant_id, partner_id=command.partner_id), command.name)
    second = replace(attempt, message_id=attempt.new_id("invite"))
    return await invite(second, at, second.new_id("invitation"), email, Role.TENANT_OWNER, LONGEST)


async def new_person(attempt: Attempt, body: NewUserBody | None) -> Person | None:
    """The password ends here. Somebody who is known under the address keeps account and password."""
    if body is None:
        return None
    people = attempt.deps.people
    known = await attempt.deps.reads.user_by_index(PLATFORM_SCOPE, people.index(body.email))
    hashed = await attempt.deps.passwords.hash(body.password.get_secret_value()) if body.password else None
    if known is not None:
        return await people.person(known.id, body.email, body.name)
    user_id = UserId(attempt.new_id("user"))
    if hashed:
        await attempt.deps.vault.passwords.create(user_id, hashed)
    return await people.person(user_id, body.email, body.name)


async def visible_partner(parts: Deps, scope: Scope, partner_id: UUID) -> PartnerRow:
    row = await parts.reads.partner(scope, partner_id)
    if row is None:
        raise not_found("tenancy.partner_not_found", "partner")
    return row


async def visible_tenant(parts: Deps, scope: Scope, tenant_id: UUID) -> TenantRow:
    row = await parts.reads.tenant(scope, tenant_id)
    if row is None:
        raise not_found("tenancy.tenant_not_found", "tenant")
    return row


async def can_log_in(parts: Deps, somebody: NewUserBody | None) -> bool:
    user = await user_with(parts, somebody.email) if somebody else None
    return user is not None and bool(await parts.reads.memberships(PLATFORM_SCOPE, user.id))


async def is_usable(parts: Deps, tenant_id: TenantId, owner: NewUserBody | None) -> bool:
    tenant = await parts.reads.tenant(PLATFORM_SCOPE, tenant_id)
    return tenant is not None and tenant.status == "active" and await can_log_in(parts, owner)
