"""What is decided leaves the queue; what is not stays, whatever came after it."""

from dataclasses import replace

import pytest
from nats.js.api import RetentionPolicy

from bus.broker import Bus
from bus.streams import COMMANDS, STREAMS, StreamInUse, durable, ensure_consumer, ensure_streams
from bus.subjects import COMMANDS as EVERY_COMMAND
from bus.sweep import sweep

NAME = COMMANDS.lower()
[CONFIG] = [one for one in STREAMS if one.name == COMMANDS]
SUBJECT = "cmd.tenancy.partner.create.t.partner-1"


async def left(bus: Bus) -> tuple[int, int]:
    state = (await bus.js.stream_info(COMMANDS)).state
    return state.first_seq, state.messages


async def test_only_what_all_before_is_decided_of_is_taken_out(bus: Bus) -> None:
    for number in range(5):
        await bus.js.publish(SUBJECT, str(number).encode())
    await ensure_consumer(bus.js, COMMANDS, durable(NAME, [EVERY_COMMAND], 16))
    await sweep(bus.js, NAME)
    assert await left(bus) == (1, 5)
    subscription = await bus.js.pull_subscribe_bind(NAME, COMMANDS)
    messages = await subscription.fetch(5, timeout=5)
    for decided in (messages[0], messages[1], messages[3]):
        await decided.ack_sync()
    await sweep(bus.js, NAME)
    assert await left(bus) == (3, 3)
    for decided in (messages[2], messages[4]):
        await decided.ack_sync()
    await sweep(bus.js, NAME)
    assert await left(bus) == (6, 0)


async def test_an_empty_queue_takes_a_retention_it_could_not_be_changed_to(bus: Bus) -> None:
    await bus.js.delete_stream(COMMANDS)
    await bus.js.add_stream(replace(CONFIG, retention=RetentionPolicy.WORK_QUEUE))
    await ensure_streams(bus.js)
    assert (await bus.js.stream_info(COMMANDS)).config.retention == RetentionPolicy.LIMITS


async def test_a_queue_with_commands_in_it_is_not_thrown_away(bus: Bus) -> None:
    await bus.js.delete_stream(COMMANDS)
    await bus.js.add_stream(replace(CONFIG, retention=RetentionPolicy.WORK_QUEUE))
    await bus.js.publish(SUBJECT, b"{}")
    with pytest.raises(StreamInUse, match="1 messages"):
        await ensure_streams(bus.js)
    assert (await left(bus))[1] == 1
