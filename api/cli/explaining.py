"""`hb access explain` and `hb access roles`."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from api.adapters.vault import opened_accounts
from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import CROSS, TICK, out, table
from api.cli.runs import reads
from api.reads import PLATFORM_SCOPE
from api.rows.people import MemberRow
from infra.crypto.master_key import master_key
from infra.settings import Settings
from schemas.access import PERMISSIONS, Permission, Role
from schemas.access_explained import explain
from schemas.envelope import Actor
from schemas.identity.types import Place


def show_roles() -> None:
    out.print(matrix())


def matrix() -> Table:
    """Every permission, and who has it."""
    made = table("permission", *(role.value.replace("_", "\n", 1) for role in Role))
    for permission in Permission:
        marks = ["[good]●[/]" if permission in PERMISSIONS[role] else "[quiet]·[/]" for role in Role]
        made.add_row(permission.value, *marks)
    return made


def show(settings: Settings, user: str, permission: str) -> None:
    if permission not in set(Permission):
        raise Refused(f"there is no permission {permission}.", "`./justw hb access roles` lists them.")
    places = asyncio.run(memberships(settings, user))
    if not places:
        raise Refused("nobody of that name has a role anywhere.", "Give an e-mail address or a user's id.")
    for row in places:
        tell(row, Permission(permission))


async def memberships(settings: Settings, user: str) -> Sequence[MemberRow]:
    async with reads(settings) as at:
        if "@" not in user:
            return await at.memberships(PLATFORM_SCOPE, id_of(user))
        async with opened_accounts(find(settings).database_url, master_key(settings)) as accounts:
            index = accounts.people.index(user.strip().lower())
            known = await at.user_by_index(PLATFORM_SCOPE, index)
        return await at.memberships(PLATFORM_SCOPE, known.id) if known else []


def id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused(f"{text} is no id.", "Give an e-mail address or a user's id.") from error


def tell(row: MemberRow, permission: Permission) -> None:
    """At each place where they have a role."""
    place = Place(tenant_id=row.tenant_id, partner_id=row.partner_id)
    at = {"tenant_id": row.tenant_id, "partner_id": row.partner_id}
    decision = explain(Actor(kind="user", id=str(row.id), role=row.role, **at), permission, place)
    mark, word = (TICK, "may") if decision.allowed else (CROSS, "may not")
    out.print(f"{mark} at {place.level} {place.id}: {word}")
    for reason in decision.because:
        out.print(f"    {escape(reason)}")
    if not decision.allowed:
        out.print(f"    [quiet]allowed to: {', '.join(decision.roles) or 'nobody'}[/]")
