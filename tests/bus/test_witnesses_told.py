"""What operators are told of the ledger's witnesses."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.cli.witnesses import LATE_SECONDS, Disagrees, agreeing, seen_by
from infra.db.pools import WORKER, options
from infra.eventstore.postgres import PostgresEventStore
from infra.settings import Settings
from infra.witness.folder import Folder
from tests.bus.test_witnesses import FORGED, TIME, ask, forget, grow, placed
from tests.support.ledger import Calls, seal_all
from tests.support.witnesses import new_witness


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return new_witness(tmp_path / "w1")


@pytest.fixture
async def ledger(store: PostgresEventStore, database_url: str) -> str:
    Calls(store).make(20)
    await seal_all(database_url)
    return database_url


async def status(url: str, settings: Settings, now: float) -> Any:
    async with await psycopg.AsyncConnection.connect(url, options=options(WORKER)) as conn:
        [(name, well, note)] = await seen_by(conn, settings, now)
    assert name == "Witness witness.example.com/w1"
    return well, note


async def doctor(url: str, settings: Settings) -> None:
    [(_, check)] = agreeing(settings, url)
    await check()


async def test_how_far_a_witness_is_behind(ledger: str, store: PostgresEventStore, folder: Folder) -> None:
    async with placed(folder) as place:
        settings = Settings(witnesses=f"{place.witness} {place.url}")
        assert await status(ledger, settings, TIME) == (False, "has cosigned nothing yet")
        await ask(ledger, place)
    size = folder.seen.size
    assert await status(ledger, settings, TIME) == (True, f"has cosigned all {size} entries")
    more = await grow(ledger, store, 1_000) - size
    late = f"{more} entries behind, cosigned last at 2026-09-21 14:13:20 UTC"
    assert await status(ledger, settings, TIME + LATE_SECONDS - 1) == (True, late)
    assert await status(ledger, settings, TIME + LATE_SECONDS) == (False, late)


async def test_a_witness_is_asked_whether_it_agrees(
    ledger: str, store: PostgresEventStore, folder: Folder
) -> None:
    async with placed(folder) as place:
        settings = Settings(witnesses=f"{place.witness} {place.url}")
        await doctor(ledger, settings)
        await grow(ledger, store, 1_000)
        await doctor(ledger, settings)
        forget(ledger)
        await seal_all(ledger, keys=FORGED)
        with pytest.raises(Disagrees, match="saw another ledger"):
            await doctor(ledger, settings)
    with pytest.raises(Disagrees, match="Ask its owner"):
        await doctor(ledger, settings)
