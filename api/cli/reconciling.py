"""`hb audit reconcile`."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, plain, table
from api.cli.reading import connected
from bus.audit.reconcile import BadUsage, Difference, Entry, parsed, reconciled
from infra.settings import Settings
from projections.ledger_entries.queries import costs_of

MAX_BYTES = 512 * 1_048_576


def reconcile(settings: Settings, file: Path, period: str, provider: str, as_json: bool) -> int:
    """0 when both agree."""
    if file.stat().st_size > MAX_BYTES:
        raise Refused(f"{file} is larger than {MAX_BYTES // 1_048_576} MiB.", "Split it.")
    try:
        usage = parsed(file.read_text("utf-8-sig"))
    except (BadUsage, UnicodeDecodeError) as error:
        raise Refused(f"{file}: {error}.", "Columns: call_id and cost, in US dollars.") from error
    entries = asyncio.run(read(find(settings).database_url, period, provider))
    found = list(reconciled(usage, entries))
    if as_json:
        out.print_json(json.dumps([difference.shown() for difference in found]))
    else:
        show(found, len(usage))
    return 1 if found else 0


async def read(database_url: str, period: str, provider: str) -> list[Entry]:
    async with connected(database_url) as conn:
        return [Entry(call_key, cost) for call_key, cost in await costs_of(conn, period, provider)]


def show(found: Sequence[Difference], lines: int) -> None:
    if not found:
        out.print(f"{TICK} {lines:,} lines: the provider bills what the ledger has")
        return
    made = table("", "call", "ledger", "provider", "proposal", "reason", right=("ledger", "provider"))
    for one in found:
        amounts = ["" if amount is None else plain(amount) for amount in (one.ours, one.theirs)]
        made.add_row(one.kind, one.call_id, *amounts, one.proposal, one.reason)
    out.print(made)
    out.print(", ".join(f"{count} {kind}" for kind, count in Counter(one.kind for one in found).items()))
