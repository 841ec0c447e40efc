"""`hb ledger verify`."""

import asyncio
import time
from collections.abc import Sequence

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.endpoints import find
from api.cli.errors import REFUSED
from api.cli.look import CROSS, TICK, err, out
from bus.audit.findings import Finding, Report
from bus.audit.reprojected import wrong_projections
from bus.audit.verify import verify
from infra.audit.keys import SealKeys, stored_keys
from infra.crypto.master_key import master_key
from infra.settings import Settings

SHOWN = 20
TIMED = 10_000


def verify_ledger(settings: Settings, processes: int, rebuild: bool) -> int:
    url = find(settings).database_url
    keys, begun = keys_of(settings, url), time.perf_counter()
    columns = (TextColumn("entries"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("entries", total=None)
        report = verify(url, keys, lambda done, of: bar.update(task, completed=done, total=of), processes)
    show(report, time.perf_counter() - begun)
    again = asyncio.run(wrong_projections(url)) if rebuild else []
    conclude([*report.findings, *again])
    return REFUSED if report.findings or again else 0


def keys_of(settings: Settings, database_url: str) -> SealKeys:
    return stored_keys(database_url, master_key(settings), settings.audit_origin)


def show(report: Report, seconds: float) -> None:
    rate = f"{report.entries / seconds:,.0f} a second" if report.entries >= TIMED else ""
    out.print(f"{report.entries:,} entries, {report.checkpoints:,} checkpoints [quiet]{rate}[/]")
    if report.pending:
        out.print(f"[quiet]{report.pending:,} events are not sealed yet[/]")


def conclude(findings: Sequence[Finding]) -> None:
    for finding in findings[:SHOWN]:
        out.print(f"{CROSS} {escape(str(finding))}", soft_wrap=True)
    if not findings:
        out.print(f"{TICK} every event, leaf, signature, amount and projection is as it must be")
