"""An invoice's lines, runs and entries as files, and the proof file that goes with them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from api.ports import EntryProofs
from api.reads import Reads
from api.rows.invoices import InvoiceRow
from infra.db.scope import Scope
from infra.exports.parquet import Parquet
from infra.exports.table import Column, Row, Writer
from infra.exports.text import Csv, Json

Per = Literal["line", "run", "entry"]
Format = Literal["csv", "json", "parquet"]

WRITERS: Mapping[str, Callable[[Sequence[Column]], Writer]] = {"csv": Csv, "json": Json, "parquet": Parquet}
PAGE = 5_000
MOST_RUNS = 100_000
MOST_PROVED = 100_000
FIRST = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

WHAT = (Column("source_kind"), Column("source_id"), Column("source_name"), Column("model"))
LINES = (
    *(Column("kind"), *WHAT, Column("about_period"), Column("calls", "count"), Column("tokens", "count")),
    *(Column("price", "amount"), Column("amount", "amount")),
)
RUNS = (Column("run"), *WHAT, Column("calls", "count"), Column("tokens", "count"), Column("price", "amount"))
ENTRIES = (
    *(Column("ref"), Column("kind"), Column("recorded_at", "time"), Column("run"), Column("node")),
    *(Column("attempt", "count"), *WHAT, Column("tokens_input", "count"), Column("tokens_output", "count")),
    *(Column("tokens_cache_read", "count"), Column("tokens_cache_write", "count")),
    *(Column("tokens_reasoning", "count"), Column("price", "amount")),
)
COLUMNS: Mapping[Per, tuple[Column, ...]] = {"line": LINES, "run": RUNS, "entry": ENTRIES}


FORMATS: tuple[Format, ...] = ("csv", "json", "parquet")


class TooLarge(Exception):
    """More than is exported, or proved, at once."""


async def pages(reads: Reads, scope: Scope, invoice: InvoiceRow, per: Per) -> AsyncIterator[Sequence[Any]]:
    if per == "line":
        yield invoice.face.lines if invoice.face else ()
    elif per == "run":
        found = await reads.month_runs(scope, invoice.tenant_id, invoice.period, MOST_RUNS + 1)
        if len(found) > MOST_RUNS:
            raise TooLarge(f"there are more than {MOST_RUNS} runs: export the entries")
        yield found
    else:
        after = FIRST
        while page := await reads.month_entries(scope, invoice.tenant_id, invoice.period, after, PAGE):
            yield page
            after = page[-1].recorded_at, page[-1].id


async def content(
    reads: Reads, scope: Scope, invoice: InvoiceRow, per: Per, form: Format
) -> AsyncIterator[bytes]:
    """Of any size: a page is in memory at a time."""
    columns = COLUMNS[per]
    writer = WRITERS[form](columns)
    yield writer.begin()
    async for page in pages(reads, scope, invoice, per):
        yield writer.rows([as_row(columns, one) for one in page])
    yield writer.end()


def as_row(columns: Sequence[Column], one: Any) -> Row:
    return tuple(getattr(one, column.name) for column in columns)


async def proof(reads: Reads, proofs: EntryProofs, scope: Scope, invoice: InvoiceRow) -> dict[str, Any]:
    """Hashes of all files, the document's hash, the entries it is made of, and the proofs of those."""
    refs = await entries_of(reads, scope, invoice)
    return {
        "invoice_id": str(invoice.id),
        "number": invoice.face.number if invoice.face else None,
        "document_hash": invoice.document_hash,
        "files": {
            f"{per}.{form}": await digest(reads, scope, invoice, per, form)
            for per in COLUMNS
            for form in FORMATS
        },
        "entries": refs,
        "proofs": await proofs.proofs_for(scope, refs),
    }


async def entries_of(reads: Reads, scope: Scope, invoice: InvoiceRow) -> list[str]:
    refs: list[str] = []
    async for page in pages(reads, scope, invoice, "entry"):
        refs += [entry.ref for entry in page]
        if len(refs) > MOST_PROVED:
            raise TooLarge(f"there are more than {MOST_PROVED} entries: they are not proved in one file")
    return refs


async def digest(reads: Reads, scope: Scope, invoice: InvoiceRow, per: Per, form: Format) -> str:
    hashed = sha256()
    async for part in content(reads, scope, invoice, per, form):
        hashed.update(part)
    return hashed.hexdigest()
