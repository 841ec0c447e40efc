"""`hb ledger verify`."""

import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.endpoints import find
from api.cli.errors import REFUSED
from api.cli.look import CROSS, TICK, err, out
from bus.audit.findings import Report
from bus.audit.verify import verify
from infra.audit.keys import SealKeys, stored_keys
from infra.crypto.master_key import master_key
from infra.settings import Settings

SHOWN = 20


def verify_ledger(settings: Settings, processes: int) -> int:
    url = find(settings).database_url
    keys, begun = keys_of(settings, url), time.perf_counter()
    columns = (TextColumn("entries"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("entries", total=None)
        report = verify(url, keys, lambda done, of: bar.update(task, completed=done, total=of), processes)
    show(report, time.perf_counter() - begun)
    return 0 if report.holds else REFUSED


def keys_of(settings: Settings, database_url: str) -> SealKeys:
    return stored_keys(database_url, master_key(settings), settings.audit_origin)


def show(report: Report, seconds: float) -> None:
    rate = f"{report.entries / seconds:,.0f} a second" if report.entries else ""
    out.print(f"{report.entries:,} entries, {report.checkpoints:,} checkpoints [quiet]{rate}[/]")
    if report.pending:
        out.print(f"[quiet]{report.pending:,} events are not sealed yet[/]")
    for finding in report.findings[:SHOWN]:
        out.print(f"{CROSS} {finding}", markup=True, soft_wrap=True)
    if report.holds:
        out.print(f"{TICK} every event, leaf, signature, amount and projection is as it must be")
