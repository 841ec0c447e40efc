"""`hb audit`, but for `reconcile`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import UUID

import psycopg

from api.cli import signing_keys
from api.cli.endpoints import find
from api.cli.errors import REFUSED, Refused
from api.cli.look import CROSS, TICK, out, plain, table
from api.cli.reading import connected
from api.cli.verifying import keys_of
from bus import broker
from bus.audit.nats_source import from_stream
from bus.audit.replay import Replayed, replay
from infra.audit import archive, store
from infra.audit.archive import BadArchive, NotArchivable
from infra.audit.ledger import NothingSealed, SealedLedger, Wanted
from infra.audit.lines import NAMES, Line, ViewName
from infra.audit.reading import lines_from
from infra.audit.store import Connection, Missing
from infra.db.scope import Scope
from infra.settings import Settings


def show_key(settings: Settings) -> None:
    """The newest that signs: the newest of all may have signed nothing yet."""
    out.print(signing_keys.published(settings)[-1].key, soft_wrap=True)


def export(
    settings: Settings,
    file: Path,
    tenant: UUID | None,
    partner: UUID | None,
    period: str | None,
    since: int | None,
    witnessed: bool,
) -> None:
    """What a tenant or partner gets is what its role may see: the filter is the scope."""
    open_: tuple[ViewName, ...] = NAMES
    if partner is not None:
        open_ = ("tenant", "partner")
    if tenant is not None:
        open_ = ("tenant",)
    wanted = Wanted(tenant_id=tenant, partner_id=partner, period=period)
    entries = asyncio.run(exported(settings, file, wanted, open_, [since] if since else [], witnessed))
    out.print(
        f"{TICK} {entries} entries in {file}; verify them with infra/audit/verify_ledger.py", soft_wrap=True
    )


async def exported(
    settings: Settings,
    file: Path,
    wanted: Wanted,
    open_: tuple[ViewName, ...],
    earlier: list[int],
    witnessed: bool,
) -> int:
    url = find(settings).database_url

    @asynccontextmanager
    async def connect(_: Scope) -> AsyncIterator[Connection]:
        yield conn

    lines = 0
    async with connected(url) as conn:
        ledger = SealedLedger(keys_of(settings, url), connect)
        try:
            with file.open("wb") as made:
                async for part in ledger.export(Scope(platform=True), wanted, open_, earlier, witnessed):
                    made.write(part)
                    lines += 1
        except NothingSealed as error:
            what = "no witness has cosigned anything" if witnessed else "nothing is sealed"
            raise Refused(f"{what} yet.", "") from error
    return lines - 1


def replay_ledger(settings: Settings, source: str, first: int, upto: int | None) -> int:
    found = asyncio.run(replayed(settings, source, first, upto))
    balances = table("account", "balance", right=("balance",))
    for account, amount in sorted(found.balances.items()):
        balances.add_row(account, plain(amount))
    out.print(balances)
    if found.difference is not None:
        out.print(f"{CROSS} {found.difference}", soft_wrap=True)
        return REFUSED
    out.print(f"{TICK} {found.entries:,} entries from {source}: everything shown is their sum")
    return 0


async def replayed(settings: Settings, source: str, first: int, upto: int | None) -> Replayed:
    at = find(settings)
    async with AsyncExitStack() as stack:
        conn = await stack.enter_async_context(connected(at.database_url))
        stamp = await store.latest(conn)
        last = min(upto or 2**63, stamp.size if stamp else 0)
        if source == "nats":
            bus = await stack.enter_async_context(broker.connected(at.nats_url, "hb"))
            lines: AsyncIterator[Line] = from_stream(bus.js, first, last)
        else:
            reading = await stack.enter_async_context(connected(at.database_url))
            lines = lines_from(reading, first, last, keys_of(settings, at.database_url).salts)
        return await replay(lines, conn, first, last)


def archive_segment(settings: Settings, segment: int, file: Path) -> None:
    try:
        asyncio.run(archived(settings, segment, file))
    except (NotArchivable, Missing) as error:
        file.unlink()
        raise Refused(f"{error}.", "") from error
    out.print(f"{TICK} segment {segment} is in {file}", soft_wrap=True)


async def archived(settings: Settings, segment: int, file: Path) -> None:
    url = find(settings).database_url
    async with connected(url) as conn:
        with file.open("wb") as made:
            async for part in archive.written(conn, segment, keys_of(settings, url).salts):
                made.write(part)


def drop_segment(settings: Settings, file: Path, really: bool) -> None:
    try:
        with file.open("rb") as lines:
            head = archive.check(lines)
        out.print(
            f"{TICK} {file} holds entries {head.first:,} to {head.first + head.entries - 1:,}", soft_wrap=True
        )
        if not really:
            raise Refused("their leaves would be dropped, for ever.", "Say --yes to do it.")
        asyncio.run(dropped(find(settings).database_url, head))
    except (BadArchive, NotArchivable) as error:
        raise Refused(f"{error}.", "Nothing was dropped.") from error
    out.print(f"{TICK} dropped")


async def dropped(database_url: str, head: archive.Manifest) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as owner:
        try:
            await archive.drop(owner, head)
        except psycopg.errors.LockNotAvailable as error:
            raise Refused("the leaves are in use.", "Nothing was dropped. Try again.") from error
