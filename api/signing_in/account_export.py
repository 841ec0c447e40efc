"""All we have about one person as a person: what they may ask for (GDPR, article 15)."""

from typing import Any

from api.models.accounts import AccessItem, FactorItem, IdentityItem
from api.parts import Deps
from api.reads import PLATFORM_SCOPE
from api.rows.people import UserRow
from infra.access_log.entries import Access, Wanted

ACCESS_PAGES, ACCESS_PAGE = 20, 100
"""The newest two thousand lines of the access log."""


async def account(deps: Deps, user: UserRow) -> dict[str, Any]:
    email, name = await deps.people.open([user.email, user.name])
    return {
        "id": user.id,
        "email": email,
        "name": name,
        "verified": user.verified,
        "created_at": user.created_at,
    }


async def factors(deps: Deps, user: UserRow) -> list[FactorItem]:
    found = [
        FactorItem(kind="passkey", label=key.label, created_at=key.created_at)
        for key in await deps.vault.passkeys.store.of_user(user.id)
    ]
    if await deps.vault.totp.active(user.id):
        found.append(FactorItem(kind="totp", label="authenticator app", created_at=None))
    if left := await deps.vault.recovery_codes.left(user.id):
        found.append(FactorItem(kind="recovery_codes", label=f"{left} left", created_at=None))
    return found


async def identities(deps: Deps, user: UserRow) -> list[IdentityItem]:
    rows = await deps.reads.identities_of(PLATFORM_SCOPE, user.id)
    return [IdentityItem(provider=row.provider, linked_at=row.created_at) for row in rows]


async def accesses(deps: Deps, user: UserRow) -> list[AccessItem]:
    found: list[Access] = []
    cursor: str | None = None
    for _ in range(ACCESS_PAGES):
        page = await deps.access.page(PLATFORM_SCOPE, Wanted(actor=str(user.id)), cursor, ACCESS_PAGE)
        found.extend(page.items)
        if (cursor := page.next) is None:
            break
    return [access_item(one) for one in found if one.subject == str(user.id)]


def access_item(one: Access) -> AccessItem:
    return AccessItem(
        at=one.at,
        method=one.method,
        route=one.route,
        status=one.status,
        ip=one.ip,
        user_agent=one.user_agent,
        impersonator=one.impersonator,
    )
