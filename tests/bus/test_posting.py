"""Clients' commands on their way into the queue."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bus import subjects
from bus.broker import Bus
from bus.posting import BATCH_BYTES, BATCH_COMMIT, BATCH_ID, BusUnavailable, Postbox, parcels
from bus.streams import COMMANDS, STREAMS
from schemas.base import PLATFORM, TenantId


def subject(number: int, tenant: TenantId = PLATFORM) -> str:
    return subjects.command("tenancy.partner.create", tenant, f"partner-{number}")


async def stored(bus: Bus) -> Sequence[tuple[str, dict[str, str]]]:
    """Subjects and headers, in the order of the queue."""
    state = (await bus.js.stream_info(COMMANDS)).state
    found = [await bus.js.get_msg(COMMANDS, seq) for seq in range(state.first_seq, state.last_seq + 1)]
    return [(msg.subject or "", msg.headers or {}) for msg in found]


async def test_what_comes_while_one_is_sent_goes_together(bus: Bus) -> None:
    """The first goes alone at once; the others make one batch, which is stored as a whole."""
    box = Postbox(bus.nc)
    first = box.post(subject(0), b"{}", {})
    await asyncio.sleep(0)
    others = [box.post(subject(number), b"{}", {"n": str(number)}) for number in range(1, 5)]
    await asyncio.gather(first, *others)
    queue = await stored(bus)
    assert [name for name, _ in queue] == [subject(number) for number in range(5)]
    assert [headers.get("n") for _, headers in queue] == [None, "1", "2", "3", "4"]
    assert len({headers[BATCH_ID] for _, headers in queue[1:]}) == 1
    assert [BATCH_COMMIT in headers for _, headers in queue] == [False] * 4 + [True]


async def test_a_full_queue_refuses_and_takes_again_when_there_is_room(bus: Bus) -> None:
    [config] = [one for one in STREAMS if one.name == COMMANDS]
    await bus.js.update_stream(replace(config, max_msgs=2))
    box = Postbox(bus.nc)
    for number in range(2):
        await box.post(subject(number), b"{}", {})
    posted = [box.post(subject(number), b"{}", {}) for number in range(3, 6)]
    refused = await asyncio.gather(*posted, return_exceptions=True)
    assert [type(one) for one in refused] == [BusUnavailable] * 3
    await bus.js.purge_stream(COMMANDS)
    await box.post(subject(9), b"{}", {})
    assert [name for name, _ in await stored(bus)] == [subject(9)]


async def test_who_gave_up_waiting_does_not_hold_up_the_others(bus: Bus) -> None:
    box = Postbox(bus.nc)
    gone, there = box.post(subject(1), b"{}", {}), box.post(subject(2), b"{}", {})
    gone.cancel()
    await there
    assert subject(2) in [name for name, _ in await stored(bus)]


async def test_without_a_stream_nothing_was_taken(bus: Bus) -> None:
    await bus.js.delete_stream(COMMANDS)
    with pytest.raises(BusUnavailable):
        await Postbox(bus.nc).post(subject(1), b"{}", {})


async def test_batches_are_cut_where_they_would_be_too_large(bus: Bus) -> None:
    sizes = [BATCH_BYTES // 2, BATCH_BYTES // 2, 1, BATCH_BYTES * 2, 1, 1]
    box = Postbox(bus.nc)
    posted = [box.post(subject(number), b"x" * size, {}) for number, size in enumerate(sizes)]
    letters = [letter for lane in box.waiting.values() for letter in lane]
    assert [len(parcel) for parcel in parcels(letters)] == [2, 1, 1, 2]
    await asyncio.gather(*posted)
    assert len(await stored(bus)) == len(sizes)
