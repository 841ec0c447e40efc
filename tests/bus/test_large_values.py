"""Large values between a decision and those who act on its events, and what is kept in memory."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from pydantic_core import from_json

from bus import codec
from bus.admission import Admission
from bus.cache import Cache
from bus.decider import Decider
from bus.folded import Folded
from bus.publisher import MAX_COMMAND_BYTES, CommandTooLarge, encode, seal
from bus.requests import StoredRequests
from bus.whole import whole
from bus.work import Request
from contexts.kernel import Aggregate, Context, Handler
from schemas.access import Permission
from schemas.base import PLATFORM, Command, Event
from schemas.envelope import Answer, Recorded
from schemas.execution.chat import ChatMessage, ChatRequest
from schemas.execution.events import ApprovalAnswered, CallRequested, StepSucceeded
from tests.support.builders import NOW, SYSTEM
from tests.support.fakes.clock import FakeClock
from tests.support.fakes.event_store import MemoryEventStore
from tests.support.harness import LIMITS
from tests.support.money import call

LARGE = {"text": "x" * 100_000}
RUN = UUID(int=1)


class Write(Command, type_name="tests.note.write", stream="note-{0.note}"):
    """Appends these events to a note."""

    note: int
    events: tuple[Any, ...]


class WatchedStore(MemoryEventStore):
    """Remembers from which version each stream was read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[Mapping[str, int]] = []

    def load(self, message_ids: Sequence[UUID], after: Mapping[str, int]) -> Any:
        self.read.append(dict(after))
        return super().load(message_ids, after)


class Notes:
    """A decider of notes, whose state is their events. `seen`: the state each decision was given."""

    def __init__(self, cache: Cache | None = None, ended: Any = None) -> None:
        self.store, self.seen = WatchedStore(), list[tuple[Event, ...] | None]()
        note = Aggregate("note", tuple, lambda state, event: (*(state or ()), event), ended=ended)
        handler = Handler(Write, note, self.decide, Permission.EXECUTIONS_START)
        self._handlers, self._cache = {Write.type_name: handler}, cache
        self.decider = self.started()

    def started(self) -> Decider:
        return Decider(self.store, self._handlers, {}, FakeClock(NOW), Admission(LIMITS), self._cache)

    def decide(self, state: tuple[Event, ...] | None, command: Write, ctx: Context) -> Sequence[Event]:
        self.seen.append(state)
        return command.events

    def write(self, *commands: Write) -> list[Answer]:
        who: dict[str, Any] = {"tenant_id": PLATFORM, "partner_id": None, "actor": SYSTEM}
        envelopes = [seal(command.model_copy(update={"events": ()}), **who) for command in commands]
        return self.decider.process([Request(e, c) for e, c in zip(envelopes, commands, strict=True)])


def succeeded(output: Any) -> StepSucceeded:
    return StepSucceeded(execution_id=RUN, node="draft", attempt=1, output=output)


def answered(*texts: str) -> ApprovalAnswered:
    return ApprovalAnswered(
        execution_id=RUN, node="n", attempt=1, approved=True, data={"notes": list(texts)}, by="user:a"
    )


def note(number: int, *events: Event) -> Write:
    return Write.model_construct(note=number, events=events)


def on_the_bus(notes: Notes) -> list[tuple[bytes, Recorded]]:
    messages = [codec.encode(row, row.position - 1) for row in notes.decider.take_committed()]
    return [(message, codec.decode(message)[0]) for message in messages]


def test_decisions_know_the_whole_value_remembered_or_read_again() -> None:
    notes, large = Notes(), succeeded(LARGE)
    notes.write(note(1, large))
    notes.write(note(1))
    notes.decider = notes.started()
    notes.write(note(1))
    assert notes.seen == [None, (large,), (large,)]


async def test_the_bus_carries_slim_events_and_whoever_acts_gets_them_whole() -> None:
    notes = Notes()
    notes.write(note(1, succeeded(LARGE), succeeded("small"), answered("y" * 40_000)))
    sent = on_the_bus(notes)
    assert [len(message) < 1_000 for message, _ in sent] == [True] * 3
    acted = [(await whole(notes.store, recorded, message)).event for message, recorded in sent]
    assert acted == [succeeded(LARGE), succeeded("small"), answered("y" * 40_000)]


async def test_an_event_whose_payload_was_dropped_is_acted_on_as_it_is() -> None:
    notes = Notes()
    notes.write(note(1, succeeded(LARGE)))
    [(message, recorded)] = on_the_bus(notes)
    assert (await whole(MemoryEventStore(), recorded, message)).event == recorded.event


async def test_a_call_is_made_with_the_whole_prompt() -> None:
    notes = Notes()
    request = ChatRequest(
        model="local/smollm2",
        messages=(ChatMessage(role="user", content="z" * 50_000),),
        max_output_tokens=1,
        timeout_seconds=1,
    )
    asked = CallRequested(
        execution_id=RUN, node="n", attempt=1, call=call(), request=request, max_input_tokens=1
    )
    notes.write(note(1, asked))
    assert await StoredRequests(notes.store).load("note-1@1") == request


def test_what_is_too_large_to_record_is_refused_and_spoils_no_other() -> None:
    notes = Notes()
    too_large = answered(*["y" * 30_000] * 20)
    answers = notes.write(note(1, succeeded(1)), note(2, succeeded(2), too_large), note(3, succeeded(3)))
    assert [a.refusal.code if a.refusal else None for a in answers] == [None, "event.too_large", None]
    assert [from_json(row.data)["output"] for row in notes.store.after(0, 9)] == [1, 3]
    assert answers[1].refusal and "524288" in answers[1].refusal.detail


def test_a_command_no_queue_would_take_is_refused_before_it_is_sent() -> None:
    large = seal(note(1), tenant_id=PLATFORM, partner_id=None, actor=SYSTEM).model_copy(
        update={"data": "x" * MAX_COMMAND_BYTES}
    )
    with pytest.raises(CommandTooLarge, match="at most 4194304 bytes"):
        encode(large)


def test_states_are_forgotten_when_they_are_too_large_together() -> None:
    notes = Notes(Cache(size=450_000))
    for number in (1, 2, 3, 4, 5):
        notes.write(note(number, succeeded(LARGE)))
    notes.store.read.clear()
    for number in (5, 1):
        notes.write(note(number))
    assert notes.store.read == [{"note-1": 0}]


def test_an_ended_state_is_not_kept() -> None:
    notes = Notes(ended=lambda state: len(state) == 2)
    for _ in range(2):
        notes.write(note(1, succeeded("x")))
    notes.store.read.clear()
    notes.write(note(1))
    assert notes.store.read == [{"note-1": 0}]


def kept(cache: Cache, *streams: str) -> list[bool]:
    return [cache.get(stream) is not None for stream in streams]


def test_a_cache_forgets_what_was_used_longest_ago() -> None:
    cache = Cache(streams=2, size=100)
    for stream in ("a", "b", "a", "c"):
        cache.keep(stream, Folded(1, 1, PLATFORM, stream, 10))
    assert kept(cache, "a", "b", "c") == [True, False, True]


def test_a_cache_counts_a_stream_once_and_what_is_dropped_no_more() -> None:
    cache = Cache(streams=9, size=100)
    for _ in range(9):
        cache.keep("a", Folded(1, 1, PLATFORM, "a", 20))
    cache.drop("a")
    cache.drop("unknown")
    for stream in "bcdef":
        cache.keep(stream, Folded(1, 1, PLATFORM, stream, 20))
    assert kept(cache, *"abcdef") == [False, True, True, True, True, True]
    cache.keep("g", Folded(1, 1, PLATFORM, "g", 20))
    assert kept(cache, *"bcdefg") == [False, True, True, True, True, True]
    cache.clear()
    assert kept(cache, *"bcdefg") == [False] * 6


def test_a_stream_that_takes_too_large_a_part_is_not_kept() -> None:
    cache = Cache(streams=9, size=100)
    cache.keep("a", Folded(1, 1, PLATFORM, "a", 25))
    cache.keep("b", Folded(1, 1, PLATFORM, "b", 5))
    cache.keep("a", Folded(2, 2, PLATFORM, "a", 26))
    assert kept(cache, "a", "b") == [False, True]
