"""A segment goes into a file and out of the database; everything else is proved as before."""

import random
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bus.audit.verify import verify
from infra.audit import archive
from infra.audit.archive import BadArchive, NotArchivable
from infra.audit.ledger import Wanted
from infra.audit.lines import loaded
from infra.audit.store import Missing
from infra.db.pools import WORKER, options
from infra.db.scope import Scope
from infra.eventstore.postgres import PostgresEventStore
from tests.support.ledger import KEYS, Calls, projected, seal_all
from tests.support.sealed import ledger_of

SEGMENT = 256
EVERYTHING = Scope(platform=True)


@pytest.fixture
async def ledger(store: PostgresEventStore, database_url: str) -> str:
    calls = Calls(store)
    calls.make(400)
    await seal_all(database_url, batch=100, segment=SEGMENT)
    await projected(database_url, store)
    return database_url


async def archived(url: str, segment: int) -> list[bytes]:
    async with await psycopg.AsyncConnection.connect(url, options=options(WORKER)) as conn:
        return [line async for line in archive.written(conn, segment, KEYS.salts, SEGMENT)]


async def dropped(url: str, segment: int) -> None:
    head = archive.check(await archived(url, segment))
    async with await psycopg.AsyncConnection.connect(url) as owner:
        await archive.drop(owner, head, SEGMENT)


async def test_a_segment_is_the_same_file_every_time_and_verifies_alone(ledger: str) -> None:
    file = await archived(ledger, 1)
    assert file == await archived(ledger, 1)
    head = archive.check(file)
    assert (head.first, head.entries, len(file)) == (256, 256, 257)
    assert archive.check(await archived(ledger, 0)).after == head.before


async def test_any_change_of_an_archive_is_found(ledger: str) -> None:
    seed = random.randrange(1_000)
    print("seed", seed)
    dice, file = random.Random(seed), await archived(ledger, 0)
    for _ in range(20):
        number = dice.randrange(1, len(file))
        line = bytearray(file[number])
        at = dice.randrange(len(line) - 1)
        line[at] ^= 1 << dice.randrange(8)
        changed = bytes(line)
        try:
            same = loaded(changed).leaf == loaded(file[number]).leaf and loaded(changed).seq == number - 1
        except (ValueError, KeyError):
            same = False
        if not same:  # hexadecimal letters may be of either case
            with pytest.raises(BadArchive):
                archive.check([*file[:number], changed, *file[number + 1 :]])
    with pytest.raises(BadArchive, match="entry 9 is missing"):
        archive.check([*file[:10], *file[11:]])
    with pytest.raises(BadArchive):
        archive.check(file[:-1])


async def test_what_is_left_is_proved_when_segments_are_gone(ledger: str, tmp_path: Path) -> None:
    reader = ledger_of(ledger)
    size = (await reader.checkpoint()).size
    before = [line async for line in reader.export(EVERYTHING, Wanted(), ("tenant",))]
    grown = await reader.consistency(512, size)
    for segment in (0, 1):
        await dropped(ledger, segment)
    after = [line async for line in reader.export(EVERYTHING, Wanted(), ("tenant",))]
    assert after[1:] == before[513:]
    assert await reader.consistency(512, size) == grown
    with pytest.raises(Missing):
        await reader.tile(0, 0, 256)
    report = verify(ledger, KEYS, processes=1, segment=SEGMENT, chunk=256)
    assert (report.findings, report.entries) == ([], size)


async def test_an_event_of_an_archived_segment_is_verified_still(ledger: str) -> None:
    await dropped(ledger, 0)
    with psycopg.connect(ledger) as conn:
        conn.execute("SET LOCAL session_replication_role = replica")
        conn.execute(
            "UPDATE stored_events SET actor = 'x' WHERE originator_version = 9 AND topic LIKE 'billing.%'"
        )
    found = verify(ledger, KEYS, processes=1, segment=SEGMENT, chunk=256).findings
    assert found[0].where == "checkpoint 100"
    assert "node 1/0" in {finding.where for finding in found}


async def test_sealing_goes_on_after_segments_are_gone(ledger: str, store: PostgresEventStore) -> None:
    for segment in (0, 1):
        await dropped(ledger, segment)
    Calls(store, first=1_000).make(200)
    assert await seal_all(ledger, batch=100, segment=SEGMENT) > 300
    await projected(ledger, store)
    assert verify(ledger, KEYS, processes=1, segment=SEGMENT, chunk=256).findings == []


async def test_only_the_oldest_complete_segment_goes(ledger: str) -> None:
    with pytest.raises(NotArchivable):
        await archived(ledger, 3)
    with pytest.raises(NotArchivable):
        await dropped(ledger, 1)
    head = archive.check(await archived(ledger, 0))
    async with await psycopg.AsyncConnection.connect(ledger) as owner:
        with pytest.raises(BadArchive):
            await archive.drop(owner, replace(head, root="00" * 32), SEGMENT)
