"""`hb ledger keys` and `hb ledger rotate-key`: what signs checkpoints."""

import asyncio
from datetime import UTC, datetime, timedelta

from api.cli.endpoints import find
from api.cli.look import TICK, out, table
from api.cli.reading import connected
from api.cli.verifying import keys_of
from infra.audit import signers
from infra.audit.keys import rotate_keys
from infra.audit.signers import PublishedKey
from infra.crypto.master_key import master_key
from infra.settings import Settings


def show(settings: Settings) -> None:
    rows = table("key", "from", "to", right=("from", "to"))
    rows.columns[0].overflow = "fold"
    for one in published(settings):
        rows.add_row(one.key, f"{one.first:,}", "" if one.last is None else f"{one.last:,}")
    out.print(rows)


def rotate(settings: Settings, days: int) -> None:
    now = datetime.now(UTC)
    url, master = find(settings).database_url, master_key(settings)
    keys = rotate_keys(url, master, settings.audit_origin, now, timedelta(days=days))
    out.print(f"{TICK} from the next checkpoint on: {keys.signer.verifier}", soft_wrap=True)
    if days:
        out.print(
            f"[quiet]the key before signs as well, until {now + timedelta(days=days):%Y-%m-%d %H:%M} UTC[/]"
        )


def published(settings: Settings) -> list[PublishedKey]:
    return asyncio.run(_published(settings))


async def _published(settings: Settings) -> list[PublishedKey]:
    url = find(settings).database_url
    async with connected(url) as conn:
        return signers.published(await signers.stored(conn, keys_of(settings, url)))
