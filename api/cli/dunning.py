"""Dunning, as an operator sees and steers it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from rich.markup import escape

from api.cli.errors import Refused
from api.cli.look import TICK, out, table, usd
from api.cli.payments import CENTS, send
from api.cli.runs import reads
from api.pure import forecast
from api.reads import PLATFORM_SCOPE
from api.rows.people import TenantRow
from infra.settings import Settings
from schemas.base import Command
from schemas.billing.dunning import EndDunningExemption, ExemptFromDunning
from schemas.billing.unpaid import Foreseen

COLOURS = {"retry": "quiet", "restrict": "warn", "suspend": "bad"}


def dry_run(settings: Settings, days: int) -> None:
    steps, names = asyncio.run(foreseen(settings, days))
    if not steps:
        out.print(f"Nothing would happen to anybody in the next {days} days.")
        return
    made = table("day", "tenant", "step", "amount", "invoice", right=("amount",))
    for step in steps:
        what = f"[{COLOURS[step.action]}]{step.action}[/]"
        name = escape(names[step.tenant_id])
        made.add_row(f"{step.at:%Y-%m-%d}", name, what, usd(step.amount, CENTS), str(step.invoice_id))
    out.print(made)
    hit = len({step.tenant_id for step in steps if step.action == "suspend"})
    out.print(f"[quiet]If nobody paid: {len(steps)} steps in {days} days, {hit} tenants suspended.[/]")


async def foreseen(settings: Settings, days: int) -> tuple[Sequence[Foreseen], Mapping[UUID, str]]:
    async with reads(settings) as at:
        steps = forecast(await at.unpaid(PLATFORM_SCOPE), datetime.now(UTC), days)
        names = {}
        for tenant_id in {step.tenant_id for step in steps}:
            row = await at.tenant(PLATFORM_SCOPE, tenant_id)
            names[tenant_id] = row.name if row else str(tenant_id)
    return steps, names


def show(settings: Settings, tenant: UUID) -> None:
    asyncio.run(shown(settings, tenant))


async def shown(settings: Settings, tenant: UUID) -> None:
    async with reads(settings) as at:
        standing, cases = await at.dunning(PLATFORM_SCOPE, tenant)
    out.print(f"level: {standing.level}")
    if standing.exempt_until:
        why = escape(standing.exempt_reason or "")
        out.print(f"exempt until {standing.exempt_until:%Y-%m-%d}: {why}")
    for case in cases:
        ahead = case.steps[case.taken : case.taken + 1]
        following = f"{ahead[0]['action']} on {case.due_at:%Y-%m-%d}" if ahead else "nothing more"
        out.print(f"{case.id}  {usd(case.amount_usd, CENTS)}  next: {following}", soft_wrap=True)


def exempt(settings: Settings, tenant: UUID, reason: str, until: datetime) -> None:
    row = asyncio.run(known(settings, tenant))
    command = ExemptFromDunning(tenant_id=row.id, reason=reason, until=until.replace(tzinfo=UTC))
    order(settings, row, command)
    out.print(f"{TICK} {escape(row.name)} is left alone until {until:%Y-%m-%d}")


def end_exemption(settings: Settings, tenant: UUID, reason: str) -> None:
    row = asyncio.run(known(settings, tenant))
    order(settings, row, EndDunningExemption(tenant_id=row.id, reason=reason))
    out.print(f"{TICK} {escape(row.name)} is exempt no more")


def order(settings: Settings, row: TenantRow, command: Command) -> None:
    asyncio.run(send(settings, command, row.id, row.partner_id))


async def known(settings: Settings, tenant: UUID) -> TenantRow:
    async with reads(settings) as at:
        row = await at.tenant(PLATFORM_SCOPE, tenant)
    if row is None:
        raise Refused(f"there is no tenant {tenant}.", "")
    return row
