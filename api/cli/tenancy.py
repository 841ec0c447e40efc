"""Partners and tenants, as an operator sees and steers them."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, table
from api.cli.operate import desk
from api.cli.runs import reads
from api.reads import PLATFORM_SCOPE
from api.rows.people import HoldRow, PartnerRow, TenantRow
from infra.settings import Settings
from projections.tenants.queries import BY_HAND, REVIEW_AFTER
from schemas.base import PLATFORM, Command, PartnerId
from schemas.tenancy.commands import ReinstateTenant, SuspendTenant
from schemas.tenancy.life import BeginClosing, ChangeSubdomain, TransferTenant, WithdrawClosing
from schemas.tenancy.partners import ClosePartner
from schemas.tenancy.types import TenantStatus

SHOWN = 100
COLOURS: dict[TenantStatus, str] = {
    "provisioned": "quiet",
    "active": "good",
    "past_due": "warn",
    "restricted": "warn",
    "suspended": "bad",
    "closed": "quiet",
}


def list_partners(settings: Settings) -> None:
    async def read() -> Sequence[PartnerRow]:
        async with reads(settings) as at:
            return (await at.partners(PLATFORM_SCOPE, None, SHOWN)).items

    out.print(partner_table(asyncio.run(read())))


def partner_table(rows: Sequence[PartnerRow]) -> Table:
    made = table("partner", "name", "since", "closed")
    for row in rows:
        closed = f"{row.closed_at:%Y-%m-%d}" if row.closed_at else ""
        made.add_row(str(row.id), escape(row.name), f"{row.created_at:%Y-%m-%d}", closed)
    return made


def close_partner(settings: Settings, partner: UUID, reason: str) -> None:
    async def order() -> None:
        async with desk(find(settings)) as at:
            command = ClosePartner(partner_id=PartnerId(partner), reason=reason)
            await at.seen(await at.order(command, PLATFORM, command.partner_id), "partners")

    asyncio.run(order())
    out.print(f"{TICK} closed, for ever")


def list_tenants(settings: Settings, partner: UUID | None, status: TenantStatus | None) -> None:
    async def read() -> Sequence[TenantRow]:
        async with reads(settings) as at:
            return (await at.tenants(PLATFORM_SCOPE, None, SHOWN, partner, status)).items

    out.print(tenant_table(asyncio.run(read())))


def tenant_table(rows: Sequence[TenantRow]) -> Table:
    made = table("tenant", "name", "subdomain", "status", "partner")
    for row in rows:
        made.add_row(str(row.id), escape(row.name), row.subdomain, coloured(row.status), str(row.partner_id))
    return made


def coloured(status: TenantStatus) -> str:
    return f"[{COLOURS[status]}]{status}[/]"


def show_tenant(settings: Settings, tenant: UUID) -> None:
    row, holds = asyncio.run(known(settings, tenant))
    out.print(tenant_table([row]))
    if row.closing_at:
        out.print(f"[warn]is closed on {row.closing_at:%Y-%m-%d %H:%M} UTC unless that is withdrawn[/]")
    if holds:
        out.print(hold_table(holds))


def hold_table(holds: Sequence[HoldRow]) -> Table:
    made = table("held back by", "as", "since", "look again", "because")
    for hold in holds:
        again = f"{hold.since + REVIEW_AFTER:%Y-%m-%d}" if hold.cause in BY_HAND else ""
        since = f"{hold.since:%Y-%m-%d}"
        made.add_row(hold.cause, coloured(hold.held), since, again, escape(hold.reason))
    return made


async def known(settings: Settings, tenant: UUID) -> tuple[TenantRow, Sequence[HoldRow]]:
    async with reads(settings) as at:
        row = await at.tenant(PLATFORM_SCOPE, tenant)
        holds = await at.tenant_holds(PLATFORM_SCOPE, tenant)
    if row is None:
        raise Refused(f"there is no tenant {tenant}.", "`./justw hb tenants list` lists them.")
    return row, holds


def suspend(settings: Settings, tenant: UUID, reason: str) -> None:
    row, _ = asyncio.run(known(settings, tenant))
    order(settings, row, SuspendTenant(tenant_id=row.id, reason=reason))


def reinstate(settings: Settings, tenant: UUID, reason: str) -> None:
    row, _ = asyncio.run(known(settings, tenant))
    order(settings, row, ReinstateTenant(tenant_id=row.id, reason=reason))


def close(settings: Settings, tenant: UUID, reason: str) -> None:
    row, _ = asyncio.run(known(settings, tenant))
    days = settings.tenant_grace_days
    order(settings, row, BeginClosing(tenant_id=row.id, reason=reason, grace_days=days))


def withdraw(settings: Settings, tenant: UUID, reason: str) -> None:
    row, _ = asyncio.run(known(settings, tenant))
    order(settings, row, WithdrawClosing(tenant_id=row.id, reason=reason))


def transfer(settings: Settings, tenant: UUID, to_partner: UUID, reason: str) -> None:
    row, _ = asyncio.run(known(settings, tenant))
    order(settings, row, TransferTenant(tenant_id=row.id, to_partner=PartnerId(to_partner), reason=reason))


def subdomain(settings: Settings, tenant: UUID, name: str) -> None:
    row, _ = asyncio.run(known(settings, tenant))
    order(settings, row, ChangeSubdomain(tenant_id=row.id, subdomain=name))


def order(settings: Settings, row: TenantRow, command: Command) -> None:
    """And shows what became of it."""

    async def ordered() -> None:
        async with desk(find(settings)) as at:
            await at.seen(await at.order(command, row.id, row.partner_id), "tenants")

    asyncio.run(ordered())
    show_tenant(settings, row.id)
