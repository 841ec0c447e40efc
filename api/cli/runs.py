"""What there is to see of runs: lists, one run, its timeline, its bundle, what it asks."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from api.adapters.reads import PostgresReads
from api.bundles import NothingRan, StillRunning, TooLong, bundle_of
from api.cli.drawing import COLOURS, span, timeline_table
from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, places, table, usd
from api.cli.reading import ready
from api.cli.values import values_table
from api.reads import PLATFORM_SCOPE
from api.rows.runs import ApprovalRow, ExecutionRow, ExecutionStatus, RunFilter, Spending, TimelineStep
from infra.db.pools import API, async_pool
from infra.settings import Settings

STEPS = 500


@asynccontextmanager
async def reads(settings: Settings) -> AsyncIterator[PostgresReads]:
    url = find(settings).database_url
    await ready(url)
    async with async_pool(url, API, max_size=2) as pool:
        yield PostgresReads(pool)


async def found(at: PostgresReads, run: UUID) -> ExecutionRow:
    row = await at.run(PLATFORM_SCOPE, run)
    if row is None:
        raise Refused(f"there is no run {run}.", "`./justw hb executions list` lists them.")
    return row


def show_all(settings: Settings, status: str | None, limit: int) -> None:
    if status not in (None, *get_args(ExecutionStatus)):
        raise Refused(f"there is no status {status}.", f"There are: {', '.join(get_args(ExecutionStatus))}.")
    rows = asyncio.run(read_all(settings, RunFilter(status=status), limit))  # type: ignore[arg-type]
    if not rows:
        out.print("No runs.")
        return
    out.print(runs_table(rows))


async def read_all(settings: Settings, wanted: RunFilter, limit: int) -> Sequence[ExecutionRow]:
    async with reads(settings) as at:
        return (await at.executions(PLATFORM_SCOPE, None, limit, wanted)).items


def runs_table(rows: Sequence[ExecutionRow]) -> Table:
    made = table("run", "status", "what", "began", "took", "note", right=("took",))
    for row in rows:
        what = f"{escape(row.source_name)} [quiet]v{row.source_version}[/]"
        began = f"{row.created_at:%Y-%m-%d %H:%M:%S}"
        made.add_row(str(row.id), painted(row.status), what, began, took(row), f"[quiet]{note(row)}[/]")
    return made


def painted(status: str) -> str:
    return f"[{COLOURS.get(status, 'quiet')}]{status}[/]"


def took(row: ExecutionRow) -> str:
    return span((row.ended_at or datetime.now(UTC)) - (row.started_at or row.created_at))


def note(row: ExecutionRow) -> str:
    """Why it is not simply running, or done."""
    if row.status == "queued" and row.queue_reason:
        reason = row.queue_reason
        return f"{reason.running} of {reason.limit} of its {reason.scope} run already"
    if row.status == "paused" and row.pause_reason:
        return f"paused: {escape(row.pause_reason)}"
    if row.error_code:
        return escape(row.error_code)
    return f"step {escape(row.parent_node or '')} of {row.parent_id}" if row.parent_id else ""


def show_one(settings: Settings, run: UUID) -> None:
    row, spent, steps = asyncio.run(read_one(settings, run))
    out.print(facts(row, spent))
    out.print()
    out.print(timeline_table(steps, datetime.now(UTC), out.width))


def show_timeline(settings: Settings, run: UUID, values: bool) -> None:
    row, spent, steps = asyncio.run(read_one(settings, run))
    out.print(f"{painted(row.status)}  {escape(row.source_name)} v{row.source_version}  [quiet]{row.id}[/]")
    out.print(timeline_table(steps, datetime.now(UTC), out.width))
    money = usd(spent.price, places([spent.price]))
    out.print(f"[quiet]{len(steps)} steps, {spent.calls} calls, {spent.tokens} tokens,[/] {money}")
    if values:
        out.print()
        out.print(values_table(steps))


async def read_one(settings: Settings, run: UUID) -> tuple[ExecutionRow, Spending, Sequence[TimelineStep]]:
    async with reads(settings) as at:
        row = await found(at, run)
        spent = await at.spending(PLATFORM_SCOPE, run, with_children=True)
        return row, spent, (await at.timeline(PLATFORM_SCOPE, run, None, STEPS)).items


def facts(row: ExecutionRow, spent: Spending) -> Table:
    decimals = places([spent.price, spent.cost])
    lines = {
        "run": str(row.id),
        "status": f"{painted(row.status)}  {note(row)}",
        "what": f"{escape(row.source_name)} v{row.source_version}  [quiet]{row.source_hash[:12]}[/]",
        "began": f"{row.created_at:%Y-%m-%d %H:%M:%S} UTC, {took(row)}",
        "spent": f"{usd(spent.price, decimals)}  [quiet]cost[/] {usd(spent.cost, decimals)}"
        f"  [quiet]{spent.calls} calls, {spent.tokens} tokens[/]",
        "error": escape(row.error_message or ""),
        "fork of": str(row.fork_of or ""),
    }
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(style="quiet")
    for title, line in lines.items():
        if line:
            grid.add_row(title, line)
    return grid


def export(settings: Settings, run: UUID, to: Path | None) -> None:
    text = asyncio.run(bundled(settings, run))
    if to is None:
        print(text)
        return
    to.write_text(text + "\n")
    out.print(f"{TICK} run {run} is in {escape(str(to))}")


async def bundled(settings: Settings, run: UUID) -> str:
    async with reads(settings) as at:
        try:
            found = await bundle_of(at, PLATFORM_SCOPE, run)
        except (NothingRan, StillRunning, TooLong) as error:
            raise Refused(f"run {run} cannot be taken along: {str(error).rstrip('.')}.", "") from error
    return json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2)


def show_approvals(settings: Settings, every: bool, limit: int) -> None:
    rows = asyncio.run(read_approvals(settings, every, limit))
    if not rows:
        out.print(f"{TICK} nobody is asked anything")
        return
    made = table("run", "step", "status", "asks", "who", "until")
    for row in rows:
        who = escape(", ".join(row.assignees)) or "[quiet]anybody[/]"
        until = f"{row.deadline:%Y-%m-%d %H:%M}"
        message = escape(row.message.splitlines()[0][:60] if row.message else "")
        made.add_row(str(row.execution_id), escape(row.node), painted(row.status), message, who, until)
    out.print(made)


async def read_approvals(settings: Settings, every: bool, limit: int) -> Sequence[ApprovalRow]:
    async with reads(settings) as at:
        status = None if every else "open"
        return (await at.approvals(PLATFORM_SCOPE, None, limit, status, None)).items  # type: ignore[arg-type]
