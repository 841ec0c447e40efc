import asyncio

import psycopg

from bus.leader import lead
from tests.bus.workers import listed, running

LOCK = 77


class Candidate:
    def __init__(self, name: str, reigns: list[str]) -> None:
        self.name, self.reigns = name, reigns
        self.leading = False

    async def work(self) -> None:
        self.reigns.append(self.name)
        self.leading = True
        try:
            await asyncio.Event().wait()
        finally:
            self.leading = False


async def test_another_takes_over_when_the_leaders_connection_dies(database_url: str) -> None:
    reigns: list[str] = []
    one, other = Candidate("one", reigns), Candidate("other", reigns)
    async with running(lead(database_url, LOCK, one.work)):
        await listed(reigns, 1)
        async with running(lead(database_url, LOCK, other.work)):
            # The old leader waits its turn again and may be the next as well.
            while "other" not in reigns:
                assert not (one.leading and other.leading)
                before = len(reigns)
                await asyncio.to_thread(kill_the_leader, database_url)
                await listed(reigns, before + 1)
            assert other.leading


def kill_the_leader(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")


async def test_only_one_of_two_leads(database_url: str) -> None:
    reigns: list[str] = []
    one, other = Candidate("one", reigns), Candidate("other", reigns)
    async with running(lead(database_url, LOCK, one.work), lead(database_url, LOCK, other.work)):
        await listed(reigns, 1)
        await asyncio.sleep(1.5)
    assert len(reigns) == 1
