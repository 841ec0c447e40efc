"""What is told, and to whom, after a provider call: the ledger first, then the run."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from bus.aborts import Ends
from contexts.execution.effects import make_call as effect
from contexts.execution.ports import ExecutionPorts
from infra.retrieval import NoDocuments
from schemas.base import Command
from schemas.billing.commands import MarkCallUnknown, ReleaseCall, SettleCall
from schemas.execution.chat import ChatRequest, Usage
from schemas.execution.commands import CompleteCall, FailStep
from tests.bus.workers import listed
from tests.support.builders import MODEL, NOW, recorded
from tests.support.chat import request
from tests.support.fakes.chat_model import FakeChatModel
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.deltas import FakeDeltas
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.fakes.tenancy import MemoryRuns
from tests.support.fakes.tool_runner import FakeToolRunner
from tests.support.llm_script import Behaviour
from tests.support.money import EXECUTION_ID, EXPIRES, authorized, pricing

EVENT = authorized()


class OneRequest:
    async def load(self, ref: str) -> ChatRequest:
        return request(MODEL, timeout_seconds=2.0)


class World:
    def __init__(self, behaviour: Behaviour) -> None:
        self.chat, self.ends, self.clock = FakeChatModel(), Ends(), FakeClock(NOW)
        self.chat.script(MODEL, behaviour)
        self.deltas = FakeDeltas()
        self.ports = ExecutionPorts(
            chat=self.chat,
            requests=OneRequest(),
            deltas=self.deltas,
            aborts=self.ends,
            tools=FakeToolRunner(self.clock),
            retriever=NoDocuments(),
            runs=MemoryRuns(MemoryEventStore()),
            clock=self.clock.seconds,
            wall_clock=self.clock,
        )

    async def told(self) -> list[Command]:
        return await effect.make_call(EVENT, recorded(EVENT), self.ports)


async def test_an_answer_is_settled_and_handed_to_the_run() -> None:
    settle, complete = await World(Behaviour(text="hello", tool_calls=(("search", "{}"),))).told()
    assert isinstance(settle, SettleCall) and isinstance(complete, CompleteCall)
    assert (settle.call, settle.usage) == (EVENT.call, complete.usage)
    assert [call.name for call in complete.tool_calls] == ["search"]
    assert complete.pricing == pricing()


@pytest.mark.parametrize(
    ("behaviour", "closing", "lost"),
    [
        (Behaviour(status=429), ReleaseCall, False),
        (Behaviour(delay_ms=10_000), MarkCallUnknown, True),
        (Behaviour(text="one two three", hang_after=2), SettleCall, False),
        (Behaviour(text="one two three", cut_after=3), SettleCall, False),
    ],
    ids=["refused", "no answer in time", "time-out inside the answer", "cut"],
)
async def test_a_failed_call_is_charged_by_what_was_seen(
    behaviour: Behaviour, closing: type[Command], lost: bool
) -> None:
    close, fail = await World(behaviour).told()
    assert isinstance(fail, FailStep)
    assert (type(close), fail.error.lost) == (closing, lost)
    if isinstance(close, SettleCall):
        assert close.usage == fail.usage
        assert close.usage.estimated


async def test_the_error_says_its_class() -> None:
    _, fail = await World(Behaviour(status=429)).told()
    assert isinstance(fail, FailStep)
    assert (fail.error.code, fail.error.error_class) == ("provider.rate_limited", "rate_limited")


async def test_a_lost_outcome_is_unknown_to_ledger_and_run() -> None:
    mark, fail = effect.outcome_unknown(EVENT, recorded(EVENT))
    assert isinstance(mark, MarkCallUnknown) and isinstance(fail, FailStep)
    assert fail.error.lost


async def test_a_call_whose_hold_ran_out_is_released_and_not_made() -> None:
    world = World(Behaviour())
    world.clock.now = EXPIRES + timedelta(seconds=1)
    release, fail = await world.told()
    assert isinstance(release, ReleaseCall) and isinstance(fail, FailStep)
    assert world.chat.calls == []


async def test_a_call_whose_over_is_broken_off_and_charged_by_what_was_seen() -> None:
    world = World(Behaviour(text="one two three", hang_after=3))
    call = asyncio.ensure_future(world.told())
    await listed(world.deltas.texts[EXECUTION_ID, "answer", 1], 2)
    world.ends.ended(EXECUTION_ID)
    settle, fail = await call
    assert isinstance(settle, SettleCall) and isinstance(fail, FailStep)
    assert settle.usage == Usage(input=5, output=2, estimated=True)
    assert (fail.error.code, fail.error.lost, fail.error.retryable) == ("execution.aborted", False, False)


async def test_a_call_broken_off_before_the_answer_began_is_released() -> None:
    world = World(Behaviour(delay_ms=10_000))
    call = asyncio.ensure_future(world.told())
    await listed(world.chat.calls)
    world.ends.ended(EXECUTION_ID)
    release, _ = await call
    assert isinstance(release, ReleaseCall)


async def test_no_call_is_made_for_a_run_known_to_have_ended() -> None:
    world = World(Behaviour())
    world.ends.ended(EXECUTION_ID)
    release, fail = await world.told()
    assert isinstance(release, ReleaseCall) and isinstance(fail, FailStep)
    assert world.chat.calls == []


async def test_the_end_of_another_run_changes_nothing() -> None:
    world = World(Behaviour(text="hello"))
    world.ends.ended(UUID(int=99))
    settle, _ = await world.told()
    assert isinstance(settle, SettleCall)


async def test_a_worker_that_stops_does_not_report_an_abort() -> None:
    world = World(Behaviour(hang_after=0))
    call = asyncio.ensure_future(world.told())
    await listed(world.chat.calls)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
