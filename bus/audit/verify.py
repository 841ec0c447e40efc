"""The whole ledger, verified: events, leaves, chain, tree, checkpoints, amounts, and their projections.

Processes take a stretch each; this one grows the tree over what they hashed. All that can be verified is read
from the events: nothing stored says where to look.
"""

import gc
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import Any

import psycopg

from bus.audit import holds, projected
from bus.audit.chunk import Checked, Chunk, check
from bus.audit.cosignatures import wrong_cosignatures
from bus.audit.findings import MOST, Finding, Report
from bus.audit.tree import Tree, stored_tree
from infra.audit.canonical import SEALED
from infra.audit.keys import SealKeys
from infra.audit.merkle import TILE_WIDTH
from infra.audit.store import SEGMENT
from infra.db.pools import WORKER, options

CHUNK = 16 * TILE_WIDTH
AHEAD = 2
"""Stretches under way or waiting to be taken, for each process."""

BOUNDS = f"""
SELECT number, notification_id, count FROM (
    SELECT row_number() OVER (ORDER BY notification_id) AS number, count(*) OVER () AS count, notification_id
    FROM stored_events WHERE {SEALED.replace("%", "%%")}) AS e
WHERE number %% %s = 0 OR number IN (%s, count) ORDER BY number"""
SEALED_LEAVES = (
    "SELECT coalesce(min(audit_seq), 0), coalesce(max(audit_seq) + 1, 0), count(*) FROM audit_leaves"
)

Progress = Callable[[int, int], None]


@dataclass
class Snapshot:
    """What is small, as of one moment. `size` entries are sealed."""

    size: int
    events: int
    chunks: list[Chunk]
    tree: Tree
    held: dict[str, str]
    after: dict[str, str | None]
    findings: list[Finding] = field(default_factory=list)


def verify(
    database_url: str,
    keys: SealKeys,
    progress: Progress = lambda done, of: None,
    processes: int = 2,
    segment: int = SEGMENT,
    chunk: int = CHUNK,
) -> Report:
    with psycopg.connect(database_url, options=options(WORKER)) as conn:
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        before = snapshot(conn, keys, segment, chunk)
    stretches: list[dict[str, str | None]] = []
    found: list[Finding] = []
    for checked in checked_chunks(database_url, keys.salts, before.chunks, processes):
        before.tree.grow(checked)
        found += checked.findings[: MOST - len(found)]
        stretches.append(checked.holds)
        progress(checked.chunk.first + checked.chunk.entries, before.size)
    before.tree.end()
    held = holds.merged([*stretches, before.after])
    return Report(
        entries=before.size,
        pending=max(before.events - before.size, 0),
        checkpoints=before.tree.checkpoints,
        findings=[
            *found,
            *before.tree.findings[:MOST],
            *before.findings,
            *projected.wrong_holds(held, before.held),
        ],
    )


def snapshot(conn: psycopg.Connection[Any], keys: SealKeys, segment: int, chunk: int) -> Snapshot:
    first, end, leaves = conn.execute(SEALED_LEAVES).fetchone() or (0, 0, 0)
    archived = first // segment * segment
    rows = conn.execute(BOUNDS, (chunk, end)).fetchall()
    events = rows[-1][2] if rows else 0
    size = min(end, events)
    positions = projected.positions(conn)
    chunks = list(planned(rows, size, archived, positions))
    last = chunks[-1].upto if chunks else 0
    held_upto = positions["holds"]
    tree = stored_tree(conn, keys)
    found = [*misplaced(end, events, archived, leaves), *wrong_cosignatures(conn), *projected.stopped(conn)]
    if positions["month_totals"] == positions["ledger_entries"]:
        found += projected.wrong_totals(conn)
    after = projected.held_after(conn, last, held_upto) if held_upto > last else {}
    return Snapshot(size, events, chunks, tree, projected.held_rows(conn), after, found)


def misplaced(end: int, events: int, archived: int, leaves: int) -> Iterator[Finding]:
    if end > events:
        yield Finding(f"leaf {end - 1}", f"there are {events} events only")
    elif leaves != end - archived:
        yield Finding("audit_leaves", f"{end - archived - leaves} leaves are missing")


def planned(
    rows: list[tuple[int, int, int]], size: int, archived: int, positions: dict[str, int]
) -> Iterator[Chunk]:
    first, above = 0, 0
    for number, position, _ in rows:
        if number > size:
            return
        yield Chunk(
            first, number - first, above, position, first >= archived,
            positions["ledger_entries"], positions["holds"],
        )  # fmt: skip
        first, above = number, position


def checked_chunks(database_url: str, salts: bytes, chunks: list[Chunk], processes: int) -> Iterator[Checked]:
    """In order, whoever was first."""
    task = partial(check, database_url, key=salts)
    if processes < 2 or len(chunks) < 2:
        yield from map(task, chunks)
        return
    with pool(processes) as executor:
        waiting: deque[Future[Checked]] = deque()
        todo = iter(chunks)
        while True:
            for chunk in islice(todo, AHEAD * processes - len(waiting)):
                waiting.append(executor.submit(task, chunk))
            if not waiting:
                return
            yield waiting.popleft().result()


@contextmanager
def pool(processes: int) -> Iterator[Executor]:
    """What they make of a stretch is much, short-lived and free of cycles.

    They are forked from a server that has read our code once for all, and has no threads.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload([check.__module__])
    with ProcessPoolExecutor(processes, context, gc.disable) as executor:
        try:
            yield executor
        finally:
            executor.shutdown(cancel_futures=True)
