from datetime import timedelta
from uuid import uuid4

from schemas.execution import events as e
from schemas.execution.chat import Usage
from tests.projections import stories
from tests.projections.world import EPOCH, TENANT, World


async def test_a_run_is_one_row_and_one_per_step(world: World) -> None:
    id_, events = stories.run(world)
    await world.given(events)
    [row] = await world.rows("executions")
    assert (row["id"], row["status"], row["output"], row["tenant_id"]) == (id_, "succeeded", "hello", TENANT)
    assert row["created_at"] == events[0].recorded_at
    assert row["finished_at"] == row["updated_at"] == events[-1].recorded_at
    assert row["position"] == events[-1].position
    steps = await world.rows("execution_steps")
    assert [(s["node"], s["status"], s["output"]) for s in steps] == [
        (node, "succeeded", "hello") for node in "abc"
    ]


async def test_events_one_at_a_time_give_the_same_rows_as_in_one_batch(world: World) -> None:
    id_, events = stories.run(world)
    for event in events[:-1]:
        await world.given([event])
    [row] = await world.rows("executions")
    assert (row["status"], row["finished_at"]) == ("running", None)
    await world.given(events[-1:])
    [row] = await world.rows("executions")
    assert (row["id"], row["status"], row["output"]) == (id_, "succeeded", "hello")
    assert row["created_at"] == events[0].recorded_at


async def test_a_call_shows_model_usage_and_its_last_error(world: World) -> None:
    id_ = uuid4()
    first, second = stories.call(id_), stories.call(id_, attempt=2)
    due = EPOCH + timedelta(minutes=1)
    events = world.record(
        f"execution-{id_}",
        stories.started(id_),
        stories.requested(first),
        e.CallFailed(execution_id=id_, node="ask", call=first, error=stories.failure(), usage=None),
        e.StepRetryPlanned(execution_id=id_, node="ask", attempt=2, due_at=due, error=stories.failure()),
        stories.requested(second),
        e.CallCompleted(
            execution_id=id_,
            node="ask",
            call=second,
            usage=Usage(input=3),
            finish_reason="stop",
            provider_request_id=None,
            latency_ms=12,
        ),
        e.StepSucceeded(execution_id=id_, node="ask", attempt=2, output="Hi"),
    )
    await world.given(events[:4])
    [step] = await world.rows("execution_steps")
    assert (step["status"], step["due_at"], step["attempt"]) == ("retrying", due, 2)
    await world.given(events[4:])
    [step] = await world.rows("execution_steps")
    assert (step["status"], step["attempt"], step["model"]) == ("succeeded", 2, stories.MODEL)
    assert step["due_at"] is None
    first_try, second_try = await world.rows("step_attempts", "attempt")
    assert (first_try["status"], first_try["error"]["code"]) == ("failed", "provider_down")
    assert (second_try["status"], second_try["usage"]["input"], second_try["latency_ms"]) == ("succeeded", 3, 12)
    assert step["error"]["code"] == "provider_down"


async def test_a_failed_run_says_where_and_why(world: World) -> None:
    id_ = uuid4()
    error = stories.failure("bad_input", retryable=False)
    events = world.record(
        f"execution-{id_}",
        stories.started(id_),
        e.StepFailed(execution_id=id_, node="a", attempt=1, error=error),
        e.ExecutionFailed(execution_id=id_, error=error, node="a"),
    )
    await world.given(events)
    [row] = await world.rows("executions")
    assert (row["status"], row["error_code"], row["error_node"]) == ("failed", "bad_input", "a")
    [step] = await world.rows("execution_steps")
    assert step["status"] == "failed"


async def test_a_nul_in_an_answer_is_stored_as_a_replacement_character(world: World) -> None:
    _, events = stories.run(world, output={"text": "a\x00b", "path": "c:\\u0000"})
    await world.given(events)
    [row] = await world.rows("executions")
    assert row["output"] == {"text": "a\N{REPLACEMENT CHARACTER}b", "path": "c:\\u0000"}
