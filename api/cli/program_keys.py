"""`hb keys`: who let which program in, and the operator's way to stop one."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from api.adapters.reads import PostgresReads
from api.at import owner_of
from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, table
from api.cli.operate import desk
from api.cli.runs import reads
from api.reads import PLATFORM_SCOPE
from api.rows.teams import KeyRow, ServiceRow
from infra.db.pools import VAULT, async_pool
from infra.identity.key_uses import KeyUse, PostgresKeyUses
from infra.settings import Settings
from schemas.base import PLATFORM
from schemas.identity.services import RevokeKey
from schemas.identity.types import Place

MOST = 50
Programs = Sequence[tuple[ServiceRow, Sequence[KeyRow]]]


def show_all(settings: Settings, place: UUID | None) -> None:
    programs, uses = asyncio.run(read_all(settings, place or PLATFORM))
    if not programs:
        out.print("No programs.")
        return
    out.print(listing(programs, uses, datetime.now(UTC)))


async def read_all(settings: Settings, place: UUID) -> tuple[Programs, Mapping[UUID, KeyUse]]:
    async with reads(settings) as at:
        programs = [found async for found in programs_of(at, place)]
    async with async_pool(find(settings).database_url, VAULT, max_size=1) as pool:
        ids = [key.id for _, keys in programs for key in keys]
        return programs, await PostgresKeyUses(pool).read(ids)


async def programs_of(at: PostgresReads, place: UUID) -> AsyncIterator[tuple[ServiceRow, list[KeyRow]]]:
    for row in (await at.services(PLATFORM_SCOPE, place, None, MOST)).items:
        yield row, await at.keys_of(PLATFORM_SCOPE, row.id)


def listing(programs: Programs, uses: Mapping[UUID, KeyUse], now: datetime) -> Table:
    made = table("program", "role", "key", "begins", "for", "counts until", "last used")
    for row, keys in programs:
        if not keys:
            made.add_row(escape(row.name), row.role, "[quiet]none[/]")
        for key in keys:
            made.add_row(
                escape(row.name),
                row.role,
                str(key.id),
                f"hbk_{key.prefix}",
                escape(key.label),
                until(key, now),
                used(uses.get(key.id)),
            )
    return made


def until(key: KeyRow, now: datetime) -> str:
    if key.revoked:
        return "[bad]revoked[/]"
    return "[quiet]expired[/]" if key.expires_at <= now else f"{key.expires_at:%Y-%m-%d %H:%M}"


def used(use: KeyUse | None) -> str:
    return f"{use.used_at:%Y-%m-%d %H:%M} {escape(use.address)}" if use else "[quiet]never[/]"


def revoke(settings: Settings, key: UUID) -> None:
    asyncio.run(revoked(settings, key))
    out.print(f"{TICK} the key counts no more")


async def revoked(settings: Settings, key: UUID) -> None:
    async with reads(settings) as at:
        row = await at.key(PLATFORM_SCOPE, key)
    if row is None:
        raise Refused(f"there is no key {key}.", "`./justw hb keys list` lists them.")
    place = Place(tenant_id=row.tenant_id, partner_id=row.partner_id)
    async with desk(find(settings)) as at_desk:
        command = RevokeKey(place=place, service_id=row.service_id, key_id=row.id)
        await at_desk.order(command, *owner_of(place))
