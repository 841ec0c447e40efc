"""What is over leaves the vault batch by batch, in bounds, and an outage only makes it wait."""

import asyncio

import psycopg
import pytest

from bus import vault_sweeper
from bus.vault_sweeper import BATCHES, VaultSweeper


class Rows:
    def __init__(self, *batches: int) -> None:
        self.batches = list(batches)
        self.asked = 0

    async def sweep(self) -> int:
        self.asked += 1
        return self.batches.pop(0) if self.batches else 0


async def test_it_goes_on_until_nothing_is_over() -> None:
    rows = Rows(1000, 1000, 7)
    assert await VaultSweeper(rows.sweep).look() == 2007
    assert rows.asked == 4


async def test_a_look_ends_however_much_there_is() -> None:
    rows = Rows(*[1000] * (BATCHES + 50))
    assert await VaultSweeper(rows.sweep).look() == 1000 * BATCHES
    assert rows.asked == BATCHES


async def test_an_outage_makes_it_wait_and_a_defect_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_sweeper, "EVERY_SECONDS", 0)
    failures: list[Exception] = [psycopg.OperationalError("away"), ValueError("a defect")]

    async def failing() -> int:
        raise failures.pop(0)

    with pytest.raises(ValueError, match="a defect"):
        await asyncio.wait_for(VaultSweeper(failing).run(), 30)
    assert not failures
