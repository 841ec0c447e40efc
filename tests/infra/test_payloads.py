"""What is taken out of an event, and that it comes back as it was."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.eventstore.payloads import (
    LARGE_BYTES,
    PREFIX,
    Slim,
    externalise,
    markers,
    month_of,
    restore,
)
from schemas.authoring.definition import Source
from schemas.base import Event
from schemas.execution.chat import ChatMessage, ChatRequest
from schemas.execution.events import ApprovalAnswered, CallRequested, ExecutionStarted, StepSucceeded
from schemas.execution.types import CallRef

LARGE = "x" * (LARGE_BYTES + 1)
LONGEST = "x" * LARGE_BYTES
FORGED = f"{PREFIX}{'0' * 64}:3:t"
NOW = datetime(2026, 9, 1, tzinfo=UTC)
RUN = UUID(int=1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([LARGE, LONGEST, FORGED, PREFIX, "é" * 20_000, "a " + FORGED]) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


def succeeded(output: Any) -> StepSucceeded:
    return StepSucceeded(execution_id=RUN, node="draft", attempt=1, output=output)


def started(**inputs: Any) -> ExecutionStarted:
    source = Source.model_construct(kind="workflow", id=RUN, name="x", version=1, hash="h")
    return ExecutionStarted.model_construct(execution_id=RUN, source=source, inputs=inputs, deadline=NOW)


def data_of(slim: Slim) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(slim.data)
    return found


def back(event: Event) -> Any:
    slim = externalise(event)
    return restore(data_of(slim), {payload.hash: payload.content for payload in slim.payloads})


@given(JSON)
def test_every_value_comes_back_as_it_was(output: Any) -> None:
    assert back(succeeded(output)) == json.loads(succeeded(output).model_dump_json())


@given(JSON)
def test_an_event_names_exactly_the_payloads_it_lacks(output: Any) -> None:
    slim = externalise(succeeded(output))
    assert set(markers(data_of(slim))) == {payload.hash for payload in slim.payloads}


@pytest.mark.parametrize("output", ["small", LONGEST[:-200], {"a": [LONGEST[:-200]]}, f"see {FORGED}"])
def test_a_small_event_stays_as_it_is(output: Any) -> None:
    event = succeeded(output)
    slim = externalise(event)
    assert (slim.data, list(slim.payloads)) == (event.model_dump_json().encode(), [])


def test_a_large_output_is_taken_as_a_whole() -> None:
    output = {"rows": list(range(10_000))}
    slim = externalise(succeeded(output))
    [payload] = slim.payloads
    assert payload.kind == "j"
    assert json.loads(payload.content) == output
    assert data_of(slim)["output"] == f"hb:payload:{payload.hash}:{len(payload.content)}:j"
    assert len(slim.data) < 300


def test_of_many_small_inputs_none_is_taken_and_of_a_large_one_the_key_stays() -> None:
    slim = externalise(started(topic="the sea", pages=[LARGE, "b"], list=["x" * 20_000] * 2))
    inputs = data_of(slim)["inputs"]
    assert inputs["topic"] == "the sea"
    assert inputs["pages"].startswith(PREFIX) and inputs["pages"].endswith(":j")
    assert inputs["list"].endswith(":j")


def test_a_large_text_is_taken_wherever_it_stands() -> None:
    answered = ApprovalAnswered(
        execution_id=RUN, node="n", attempt=1, approved=True, data={"note": [LARGE]}, by="user:a"
    )
    slim = externalise(answered)
    [payload] = slim.payloads
    assert (payload.kind, payload.content) == ("t", LARGE.encode())
    assert back(answered)["data"] == {"note": [LARGE]}


def test_nobody_can_name_another_value_not_even_one_of_the_same_event() -> None:
    [payload] = externalise(succeeded(LARGE)).payloads
    forged = f"hb:payload:{payload.hash}:{len(payload.content)}:t"
    event = started(a=LARGE, b=forged)
    assert back(event)["inputs"] == {"a": LARGE, "b": forged}


def test_equal_values_have_one_name() -> None:
    slim = externalise(started(a=LARGE, b=LARGE))
    assert len(slim.payloads) == 1
    assert slim.size > len(LARGE)


def asked(*said: str) -> CallRequested:
    messages = tuple(ChatMessage(role="user", content=text) for text in said)
    request = ChatRequest(model="local/m", messages=messages, max_output_tokens=1, timeout_seconds=1)
    call = CallRef(execution_id=RUN, node="n", attempt=1, requested_at=NOW)
    return CallRequested(
        execution_id=RUN, node="n", attempt=1, call=call, request=request, max_input_tokens=1
    )


def test_of_a_long_conversation_every_text_is_kept_once_however_often_it_is_asked() -> None:
    said = [f"{number}" * 10_000 for number in range(10, 30)]
    first, second = externalise(asked(*said)), externalise(asked(*said, "a last, short word"))
    assert {payload.hash for payload in first.payloads} == {payload.hash for payload in second.payloads}
    assert len(first.payloads) == 20 and len(second.data) < LARGE_BYTES
    assert "a last, short word" in second.data.decode()
    assert back(asked(*said)) == asked(*said).model_dump(mode="json")


def test_a_request_that_is_small_as_a_whole_stays_as_it_is() -> None:
    assert not externalise(asked("x" * 10_000, "y" * 10_000)).payloads


def test_a_value_that_is_gone_leaves_its_marker() -> None:
    data = data_of(externalise(succeeded(LARGE)))
    assert restore(data, {}) == data


def test_a_month_is_of_universal_time() -> None:
    late = datetime(2026, 9, 30, 23, tzinfo=timezone(timedelta(hours=-5)))
    assert month_of(late).isoformat() == "2026-10-01"
