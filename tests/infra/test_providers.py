"""What only the real adapter does: pooling, limits, secrets, and the catalog."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from email.utils import formatdate
from time import time

import httpx2
import pytest
import pytest_asyncio
import structlog
from prometheus_client import REGISTRY

from infra.providers.answer import MAX_TEXT_CHARS
from infra.providers.catalog import Catalog, chat_model, measure
from infra.providers.failures import retry_after
from infra.providers.usage import reported
from schemas.execution.chat import ChatMessage, ToolCall, Usage
from tests.support.chat import Mode, ask, failure, request
from tests.support.llm_script import Behaviour
from tests.support.scripted_llm import ScriptedLlm

KEY = "sk-test-0123456789abcdef"
NAME = "openai/m"
LAST_RESORT = 3.0
"""Seconds to the end of a call that hangs after what the test waits for: long, for a busy machine."""

MODES: list[Mode] = ["stream", "whole"]


@pytest_asyncio.fixture
async def model(scripted_llm: ScriptedLlm) -> AsyncIterator[Catalog]:
    async with aclosing(chat_model(KEY, scripted_llm.url + "/v1", None)) as catalog:
        yield catalog


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
async def test_the_key_is_in_no_error(
    model: Catalog, scripted_llm: ScriptedLlm, mode: Mode, status: int
) -> None:
    message = f"Incorrect API key provided: {KEY}, also known as sk-test-********cdef"
    scripted_llm.script("m", Behaviour(status=status, error_message=message, error_code=KEY))
    error = await failure(model, request(NAME), mode)
    assert scripted_llm.keys == [KEY]
    assert "sk-test" not in f"{error} {error!r} {vars(error)}"


async def test_the_key_is_in_no_error_inside_a_stream(model: Catalog, scripted_llm: ScriptedLlm) -> None:
    scripted_llm.script("m", Behaviour(error_after=1, error_message=f"overloaded, {KEY}"))
    error = await failure(model, request(NAME), "stream")
    assert str(error) == "stream_cut: the stream ended before the answer did: overloaded, ***"


@pytest.mark.parametrize("mode", MODES)
async def test_a_connection_is_used_again(model: Catalog, scripted_llm: ScriptedLlm, mode: Mode) -> None:
    before = scripted_llm.connections
    for _ in range(5):
        await ask(model, request(NAME), mode)
    assert scripted_llm.connections == before + 1


async def test_many_calls_run_at_once(model: Catalog, scripted_llm: ScriptedLlm) -> None:
    scripted_llm.script("m", Behaviour(delay_ms=1_000))
    async with asyncio.timeout(30):
        await asyncio.gather(*(ask(model, request(NAME), "stream") for _ in range(60)))
    assert scripted_llm.count("m") == 60


@pytest.mark.parametrize("mode", MODES)
async def test_an_endless_text_is_cut_at_the_limit(
    model: Catalog, scripted_llm: ScriptedLlm, mode: Mode
) -> None:
    scripted_llm.script("m", Behaviour(text="x" * (MAX_TEXT_CHARS + 5)))
    result = (await ask(model, request(NAME), mode)).result
    assert (len(result.text), result.finish_reason) == (MAX_TEXT_CHARS, "length")
    assert result.usage.total > 0


async def test_a_used_up_quota_is_not_retried(model: Catalog, scripted_llm: ScriptedLlm) -> None:
    scripted_llm.script("m", Behaviour(status=429, error_code="insufficient_quota"))
    error = await failure(model, request(NAME), "whole")
    assert (error.error_class, error.retryable) == ("rate_limited", False)


async def test_a_content_filter_is_told_apart(model: Catalog, scripted_llm: ScriptedLlm) -> None:
    scripted_llm.script("m", Behaviour(status=400, error_code="content_filter"))
    error = await failure(model, request(NAME), "whole")
    assert (error.error_class, error.retryable) == ("content_filter", False)


@pytest.mark.parametrize("lost", [Behaviour(text="a b", cut_after=4), Behaviour(text="a b", hang_after=4)])
async def test_an_answer_that_lost_only_its_report_is_whole(
    model: Catalog, scripted_llm: ScriptedLlm, lost: Behaviour
) -> None:
    scripted_llm.script("m", lost)
    result = (await ask(model, request(NAME, timeout_seconds=LAST_RESORT), "stream")).result
    assert (result.text, result.finish_reason) == ("a b", "stop")
    assert result.usage == Usage(input=5, output=2, estimated=True)


async def test_a_timeout_inside_a_stream_tells_what_was_used(
    model: Catalog, scripted_llm: ScriptedLlm
) -> None:
    scripted_llm.script("m", Behaviour(text="a b", hang_after=3))
    error = await failure(model, request(NAME, timeout_seconds=LAST_RESORT), "stream")
    assert error.error_class == "timeout"
    assert error.observed_usage == Usage(input=5, output=2, estimated=True)


async def test_a_cancelled_call_gives_its_connection_up(model: Catalog, scripted_llm: ScriptedLlm) -> None:
    scripted_llm.script("m", Behaviour(hang_after=2), Behaviour())
    asked = asyncio.create_task(ask(model, request(NAME), "stream"))
    await asyncio.sleep(0.05)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (await ask(model, request(NAME), "stream")).result.finish_reason == "stop"


async def test_nobody_listening_is_a_connection_error() -> None:
    async with aclosing(chat_model(None, None, "http://127.0.0.1:9")) as model:
        error = await failure(model, request("local/m"), "whole")
    assert (error.error_class, error.retryable) == ("connection", True)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("acme/x", "unknown provider 'acme': use one of openai, local"),
        ("gpt-4o", "model 'gpt-4o' is not of the form provider/name"),
        ("local/x", "provider 'local' is not set up: set HB_LOCAL_MODEL_URL"),
    ],
)
async def test_a_model_nobody_serves_is_refused(model: Catalog, name: str, told: str) -> None:
    error = await failure(model, request(name), "whole")
    assert str(error) == f"bad_request: {told}"


async def test_a_tool_answer_goes_back_to_the_model(model: Catalog, scripted_llm: ScriptedLlm) -> None:
    call = ToolCall(id="c1", name="weather", arguments="{}")
    messages = (
        ChatMessage(role="assistant", content="", tool_calls=(call,)),
        ChatMessage(role="tool", content="sunny", tool_call_id="c1"),
    )
    await ask(model, request(NAME).model_copy(update={"messages": messages}), "whole")
    asked, answered = scripted_llm.calls[0]["messages"]
    assert asked["tool_calls"][0]["function"] == {"name": "weather", "arguments": "{}"}
    assert answered == {"role": "tool", "content": "sunny", "tool_call_id": "c1"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_each_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx2.Headers(headers)) == seconds


def test_retry_after_may_be_a_date() -> None:
    date = formatdate(time() + 30, usegmt=True)
    assert retry_after(httpx2.Headers({"retry-after": date})) == pytest.approx(30, abs=2)


@pytest.mark.parametrize(
    "raw", [None, {}, [], {"prompt_tokens": 0, "completion_tokens": 0}, {"prompt_tokens": -1}]
)
def test_a_report_that_says_nothing_is_no_report(raw: object) -> None:
    assert reported(raw) is None


def test_reasoning_beside_the_completion_is_not_subtracted() -> None:
    details = {"completion_tokens_details": {"reasoning_tokens": 50}}
    raw = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 80} | details
    assert reported(raw) == Usage(input=10, output=20, reasoning=50)


def report(**more: object) -> dict[str, object]:
    return {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120} | more


@pytest.mark.parametrize(
    ("raw", "unplaced"),
    [
        (report(total_tokens=130), "total_tokens=130, classes=120"),
        (report(video_tokens=5), "video_tokens=5"),
        (report(completion_tokens_details={"audio_tokens": 7}), "completion_tokens_details.audio_tokens=7"),
        (report(prompt_tokens_details={"cached_tokens": 130}), "total_tokens=120, classes=150"),
        (report(completion_tokens_details={"reasoning_tokens": 50}), "total_tokens=120, classes=150"),
        (report(server_searches=2), "server_searches=2"),
    ],
)
def test_a_report_we_cannot_place_is_quarantined_not_dropped(raw: dict[str, object], unplaced: str) -> None:
    usage = reported(raw)
    assert usage is not None
    assert usage.unplaced == (unplaced,)
    assert usage.total >= 120


@pytest.mark.parametrize(
    "raw",
    [
        report(),
        report(queue_time=0.3, cost=0.01, estimated_cost=None),
        report(video_tokens=0, prompt_tokens_details={"audio_tokens": 0, "text_tokens": 100}),
        report(prompt_cache_hit_tokens=40, prompt_tokens_details={"cached_tokens": 40}),
        report(completion_tokens_details={"accepted_prediction_tokens": 3}),
        {"prompt_tokens": 100, "completion_tokens": 20},
    ],
)
def test_what_costs_nothing_more_is_not_quarantined(raw: dict[str, object]) -> None:
    usage = reported(raw)
    assert usage is not None
    assert not usage.quarantined
    assert usage.total == 120


def test_quarantined_usage_is_counted_and_logged() -> None:
    with structlog.testing.capture_logs() as logs:
        measure("a/odd", "ok", 0, Usage(input=1, unplaced=("video_tokens=5",)))
        measure("a/odd", "ok", 0, Usage(input=1))
    assert REGISTRY.get_sample_value("hb_provider_usage_quarantined_total", {"model": "a/odd"}) == 1
    assert [(log["event"], log["unplaced"]) for log in logs] == [("usage_quarantined", ("video_tokens=5",))]


def test_a_report_of_everything_odd_stays_small() -> None:
    usage = reported(report(**{f"{n}{'x' * 200}_tokens": 1 for n in range(99)}))
    assert usage is not None
    assert len(usage.unplaced) == 10


def test_images_and_audio_are_counted_beside_the_tokens() -> None:
    raw = {"prompt_tokens": 0, "completion_tokens": 0, "images": 2, "seconds": 1.5}
    assert reported(raw) == Usage(images=2, audio_ms=1500)


@pytest.mark.parametrize("mode", MODES)
async def test_the_real_local_model_reports_its_usage(local_llm_url: str, mode: Mode) -> None:
    async with aclosing(chat_model(None, None, local_llm_url)) as model:
        asked = await ask(model, request("local/smollm2", "Say hello", timeout_seconds=60), mode)
    usage = asked.result.usage
    assert asked.result.text
    assert not usage.estimated
    assert usage.input + usage.cache_read == 32
    assert 0 < usage.output <= 64
    assert "".join(asked.deltas) == (asked.result.text if mode == "stream" else "")


YES_OR_NO = {
    "type": "object",
    "properties": {"answer": {"enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


async def test_the_schema_of_an_answer_goes_to_the_provider(
    model: Catalog, scripted_llm: ScriptedLlm
) -> None:
    await ask(model, request(NAME).model_copy(update={"output_schema": YES_OR_NO}), "stream")
    asked = scripted_llm.calls[-1]["response_format"]
    assert (asked["type"], asked["json_schema"]["schema"]) == ("json_schema", YES_OR_NO)


async def test_the_real_local_model_keeps_to_a_schema(local_llm_url: str) -> None:
    asked = request("local/smollm2", "Is the sky blue?", timeout_seconds=60)
    question = asked.model_copy(update={"output_schema": YES_OR_NO})
    async with aclosing(chat_model(None, None, local_llm_url)) as model:
        answered = await ask(model, question, "stream")
    assert json.loads(answered.result.text)["answer"] in ("yes", "no")
