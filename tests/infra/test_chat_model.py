"""What every ChatModel keeps to: the adapter against a scripted server, and the fake."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

import pytest
import pytest_asyncio

from contexts.execution.ports import Aborted, ChatModel, ErrorClass, ProviderError
from infra.providers.catalog import chat_model
from schemas.execution.chat import ChatResult, ToolCall, Usage
from schemas.execution.provider_error import ABORTED
from tests.bus.workers import listed
from tests.support.chat import WEATHER, Mode, ask, failure, request
from tests.support.fakes.chat_model import FakeChatModel
from tests.support.llm_script import Behaviour
from tests.support.scripted_llm import ScriptedLlm

KEY = "sk-test-0123456789abcdef"
NAME = "openai/m"


@dataclass
class Subject:
    model: ChatModel
    script: Callable[[Behaviour], None]
    count: Callable[[], int]


@pytest_asyncio.fixture(params=["adapter", "fake"])
async def subject(request: pytest.FixtureRequest, scripted_llm: ScriptedLlm) -> AsyncIterator[Subject]:
    if request.param == "fake":
        fake = FakeChatModel()
        yield Subject(fake, lambda b: fake.script(NAME, b), lambda: fake.count(NAME))
        return
    async with aclosing(chat_model(KEY, scripted_llm.url + "/v1", None)) as model:
        yield Subject(model, lambda b: scripted_llm.script("m", b), lambda: scripted_llm.count("m"))


@pytest.fixture(params=["stream", "whole"])
def mode(request: pytest.FixtureRequest) -> Mode:
    chosen: Mode = request.param
    return chosen


async def test_a_plain_answer_comes_with_its_usage(subject: Subject, mode: Mode) -> None:
    asked = await ask(subject.model, request(NAME), mode)
    assert asked.result.text == "ok: hello there world"
    assert asked.result.usage == Usage(input=20, output=4)
    assert (asked.result.finish_reason, asked.result.model) == ("stop", NAME)
    assert asked.result.provider_request_id == "req-scripted-1"


async def test_the_deltas_join_to_the_text(subject: Subject) -> None:
    asked = await ask(subject.model, request(NAME), "stream")
    assert len(asked.deltas) == 4
    assert "".join(asked.deltas) == asked.result.text


async def test_tool_calls_come_whole(subject: Subject, mode: Mode) -> None:
    subject.script(Behaviour(tool_calls=(("weather", '{"city": "Bonn"}'), ("weather", "{}"))))
    tools = request(NAME).model_copy(update={"tools": (WEATHER,)})
    result = (await ask(subject.model, tools, mode)).result
    assert result.finish_reason == "tool_calls"
    assert result.tool_calls == (
        ToolCall(id="call-0", name="weather", arguments='{"city": "Bonn"}'),
        ToolCall(id="call-1", name="weather", arguments="{}"),
    )


async def test_cached_tokens_are_not_input(subject: Subject, mode: Mode) -> None:
    subject.script(Behaviour(text="a b", input_tokens=100, cached_tokens=60, cache_write_tokens=10))
    usage = (await ask(subject.model, request(NAME), mode)).result.usage
    assert usage == Usage(input=30, output=2, cache_read=60, cache_write=10)


async def test_reasoning_tokens_are_not_output(subject: Subject, mode: Mode) -> None:
    subject.script(Behaviour(text="a b", reasoning_tokens=5))
    usage = (await ask(subject.model, request(NAME), mode)).result.usage
    assert usage == Usage(input=20, output=2, reasoning=5)


async def test_omitted_usage_is_estimated(subject: Subject, mode: Mode) -> None:
    subject.script(Behaviour(text="one two three four", omit_usage=True))
    usage = (await ask(subject.model, request(NAME), mode)).result.usage
    assert usage.estimated
    assert usage.input == 5
    assert 4 <= usage.output <= 5


@pytest.mark.parametrize(
    ("status", "error_class", "retryable"),
    [
        (400, "bad_request", False),
        (401, "unauthorized", False),
        (429, "rate_limited", True),
        (500, "overloaded", True),
    ],
)
async def test_a_refusal_has_a_class_and_no_usage(
    subject: Subject, mode: Mode, status: int, error_class: ErrorClass, retryable: bool
) -> None:
    subject.script(Behaviour(status=status))
    error = await failure(subject.model, request(NAME), mode)
    assert (error.error_class, error.retryable) == (error_class, retryable)
    assert error.observed_usage is None


async def test_retry_after_is_passed_on(subject: Subject, mode: Mode) -> None:
    subject.script(Behaviour(status=429, retry_after="7"))
    assert (await failure(subject.model, request(NAME), mode)).retry_after == 7


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour(status=500), Behaviour(status=429), Behaviour(cut_after=0)],
    ids=["500", "429", "cut"],
)
async def test_a_call_is_made_exactly_once(subject: Subject, mode: Mode, behaviour: Behaviour) -> None:
    subject.script(behaviour)
    await failure(subject.model, request(NAME), mode)
    assert subject.count() == 1


@pytest.mark.parametrize(
    "behaviour", [Behaviour(cut_after=3), Behaviour(error_after=3)], ids=["connection", "error event"]
)
async def test_a_cut_stream_tells_what_was_used(subject: Subject, behaviour: Behaviour) -> None:
    subject.script(behaviour.model_copy(update={"text": "one two three four"}))
    error = await failure(subject.model, request(NAME), "stream")
    assert (error.error_class, error.retryable) == ("stream_cut", True)
    assert error.observed_usage == Usage(input=5, output=2, estimated=True)


async def test_a_connection_lost_before_the_answer_is_not_a_cut(subject: Subject) -> None:
    subject.script(Behaviour(cut_after=0))
    error = await failure(subject.model, request(NAME), "whole")
    assert (error.error_class, error.retryable) == ("connection", True)


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(hang_after=0),
        Behaviour(delay_ms=2000),
        Behaviour(hang_after=2),
        Behaviour(chunk_delay_ms=80),
    ],
    ids=["hang", "delay", "hang inside", "slow chunks"],
)
async def test_the_whole_call_has_one_time_limit(subject: Subject, behaviour: Behaviour) -> None:
    subject.script(behaviour)
    error = await failure(subject.model, request(NAME, timeout_seconds=0.15), "stream")
    assert (error.error_class, error.retryable) == ("timeout", True)


async def test_a_hanging_provider_is_given_up(subject: Subject, mode: Mode) -> None:
    subject.script(Behaviour(hang_after=0))
    error = await failure(subject.model, request(NAME, timeout_seconds=0.1), mode)
    assert error.error_class == "timeout"


async def test_garbage_is_an_error_that_tells_usage(subject: Subject, mode: Mode) -> None:
    subject.script(Behaviour(garbage=True))
    error = await failure(subject.model, request(NAME), mode)
    assert (error.error_class, error.retryable) == ("unknown", True)
    assert error.observed_usage
    assert error.observed_usage.estimated


async def test_an_error_of_the_listener_passes_through(subject: Subject) -> None:
    async def on_delta(_: str) -> None:
        raise TimeoutError("the listener's own")

    with pytest.raises(TimeoutError, match="listener"):
        await subject.model.complete(request(NAME), on_delta)


async def test_a_listener_that_aborts_ends_the_call_with_what_was_used(subject: Subject) -> None:
    async def on_delta(_: str) -> None:
        raise Aborted

    subject.script(Behaviour(text="one two three"))
    with pytest.raises(ProviderError) as caught:
        await subject.model.complete(request(NAME), on_delta)
    assert caught.value.error_class == "aborted"
    assert caught.value.observed_usage == Usage(input=5, output=1, estimated=True)


async def test_a_silent_call_that_is_aborted_tells_what_was_used(subject: Subject) -> None:
    subject.script(Behaviour(text="one two three", hang_after=3))
    call, said = begun(subject)
    await listed(said, 2)
    call.cancel(ABORTED)
    with pytest.raises(ProviderError) as caught:
        await call
    assert (caught.value.error_class, caught.value.retryable) == ("aborted", False)
    assert caught.value.observed_usage == Usage(input=5, output=2, estimated=True)


async def test_a_call_cancelled_for_another_reason_stays_cancelled(subject: Subject) -> None:
    subject.script(Behaviour(hang_after=2))
    call, said = begun(subject)
    await listed(said)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def begun(subject: Subject) -> tuple["asyncio.Task[ChatResult]", list[str]]:
    """A call under way, and what it said so far."""
    said: list[str] = []

    async def on_delta(text: str) -> None:
        said.append(text)

    return asyncio.create_task(subject.model.complete(request(NAME), on_delta)), said
