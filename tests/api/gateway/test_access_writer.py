"""The access log is written in batches, soon, and nothing is left out."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from api.gateway import access_writer
from api.gateway.access_writer import BATCH, PAUSE_SECONDS, AccessLogAway, AccessWriter
from infra.access_log.entries import Access


def entry(route: str = "/agents") -> Access:
    return Access(
        id=uuid4(),
        at=datetime.now(UTC),
        request_id="r",
        actor=None,
        subject=None,
        impersonator=None,
        role=None,
        tenant_id=None,
        partner_id=None,
        ip="203.0.113.7",
        method="POST",
        route=route,
        status=200,
        decision="allowed",
        code=None,
        permission=None,
        user_agent="",
        ms=1.0,
    )


class Store:
    def __init__(self) -> None:
        self.batches: list[list[Access]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failures = 0

    async def __call__(self, entries: Sequence[Access]) -> None:
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        self.batches.append(list(entries))

    @property
    def entries(self) -> list[Access]:
        return [entry for batch in self.batches for entry in batch]


async def test_who_must_be_sure_waits_until_it_is_written() -> None:
    store = Store()
    async with AccessWriter(store).running() as writer:
        one = entry()
        await writer.put(one, until_written=True)
        assert store.entries == [one]


async def test_others_do_not_wait_and_are_written_together_in_order() -> None:
    store = Store()
    async with AccessWriter(store).running() as writer:
        sent = [entry(str(number)) for number in range(20)]
        for one in sent:
            await writer.put(one)
        assert store.batches == []
        await asyncio.sleep(PAUSE_SECONDS * 2)
        assert store.batches == [sent]


async def test_a_batch_is_no_larger_than_it_may_be() -> None:
    store = Store()
    sent = [entry() for _ in range(BATCH * 2 + 1)]
    async with AccessWriter(store).running() as writer:
        await asyncio.gather(*(writer.put(one) for one in sent))
        await writer.put(entry(), until_written=True)
    assert max(map(len, store.batches)) == BATCH
    assert len(store.entries) == len(sent) + 1


async def test_a_failure_is_tried_again_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_writer, "RETRY_SECONDS", 0.001)
    store = Store()
    store.failures = 3
    async with AccessWriter(store).running() as writer:
        one = entry()
        await writer.put(one, until_written=True)
    assert store.entries == [one]


async def test_when_it_is_full_one_waits_for_room() -> None:
    store = Store()
    store.open.clear()
    async with AccessWriter(store, room=BATCH).running() as writer:
        sent = [entry() for _ in range(BATCH * 4)]
        putting = [asyncio.create_task(writer.put(one)) for one in sent]
        await asyncio.sleep(PAUSE_SECONDS * 2)
        assert sum(one.done() for one in putting) < len(sent)
        store.open.set()
        await asyncio.gather(*putting)
    assert sorted(one.id for one in store.entries) == sorted(one.id for one in sent)


@pytest.mark.parametrize("sure", [True, False])
async def test_who_waited_too_long_is_told_so(sure: bool) -> None:
    store = Store()
    store.open.clear()
    async with AccessWriter(store, room=1, patience=0.3).running() as writer:
        if not sure:
            await writer.put(entry())
            await asyncio.sleep(PAUSE_SECONDS * 1.2)
            await writer.put(entry())
        with pytest.raises(AccessLogAway):
            await writer.put(entry(), until_written=sure)
        store.open.set()


async def test_what_is_queued_at_the_end_is_written() -> None:
    store = Store()
    async with AccessWriter(store).running() as writer:
        for _ in range(3):
            await writer.put(entry())
    assert len(store.entries) == 3
