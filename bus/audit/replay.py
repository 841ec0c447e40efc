"""Balances from the sealed ledger alone, added up anew, beside what the read side shows. Plain arithmetic."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bus.audit.findings import Finding
from infra.audit.canonical import decoded
from infra.audit.lines import Line
from infra.audit.store import Connection

PAGE = 1_000
LEDGER = "ledger-"
AMOUNTS = ("cost", "price", "commission")

LEAVES = "SELECT audit_seq, leaf FROM audit_leaves WHERE audit_seq = ANY(%s)"
ROWS = """
SELECT position, cost_usd, price_usd, commission_usd, postings FROM ledger_entries WHERE position = ANY(%s)"""

Balances = dict[str, Decimal]
Row = tuple[Decimal, Decimal, Decimal, Balances]


@dataclass
class Replayed:
    """`balances`: debits less credits, by account. `difference`: the first, in the order of the ledger."""

    entries: int = 0
    balances: Balances = field(default_factory=lambda: defaultdict(Decimal))
    difference: Finding | None = None


async def replay(lines: AsyncIterator[Line], conn: Connection, first: int, upto: int) -> Replayed:
    """Stops at the first difference: what follows it says nothing."""
    found = Replayed()
    async for page in pages(lines):
        await follow(found, page, conn, first)
        if found.difference:
            return found
    if first + found.entries < upto:
        found.difference = missing(first + found.entries)
    return found


async def pages(lines: AsyncIterator[Line]) -> AsyncIterator[list[Line]]:
    page: list[Line] = []
    async for one in lines:
        page.append(one)
        if len(page) == PAGE:
            yield page
            page = []
    yield page


def missing(seq: int) -> Finding:
    return Finding(f"entry {seq}", "is not in the stream")


async def follow(found: Replayed, page: Sequence[Line], conn: Connection, first: int) -> None:
    leaves = dict(await (await conn.execute(LEAVES, ([one.seq for one in page],))).fetchall())
    rows = await stored(conn, page)
    for one in page:
        if one.seq != (expected := first + found.entries):
            found.difference = missing(expected)
            return
        problem = difference(one, leaves.get(one.seq), rows.get(one.position))
        if problem:
            found.difference = Finding(f"entry {one.seq}", problem)
            return
        found.entries += 1
        for account, amount in moved(data_of(one).get("postings", ())).items():
            found.balances[account] += amount


async def stored(conn: Connection, page: Sequence[Line]) -> dict[int, Row]:
    cursor = await conn.execute(ROWS, ([one.position for one in page],))
    return {
        position: (cost, price, commission, moved(postings))
        for position, cost, price, commission, postings in await cursor.fetchall()
    }


def difference(one: Line, leaf: bytes | None, row: Row | None) -> str | None:
    """A dropped segment has no leaves to compare with; its entries are in the tree all the same."""
    if leaf is not None and leaf != one.leaf:
        return "the stream has another entry than was sealed"
    data = data_of(one)
    if "postings" not in data or not decoded(one.head).stream.startswith(LEDGER):
        return None
    if row is None:
        return "ledger_entries has no row of it"
    wanted = (*(Decimal(data[name]) for name in AMOUNTS), moved(data["postings"]))
    return None if wanted == row else "ledger_entries shows other amounts"


def data_of(one: Line) -> dict[str, Any]:
    return one.opened("platform") or {}


def moved(postings: Sequence[dict[str, Any]]) -> Balances:
    balances: Balances = defaultdict(Decimal)
    for leg in postings:
        balances[leg["account"]] += (
            Decimal(leg["amount"]) if leg["side"] == "debit" else -Decimal(leg["amount"])
        )
    return balances
