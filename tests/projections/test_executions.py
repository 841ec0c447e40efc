from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.chat import Usage
from tests.projections import runs, stories
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
    assert (second_try["status"], second_try["usage"]["input"], second_try["latency_ms"]) == (
        "succeeded",
        3,
        12,
    )
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


TABLES = ("executions", "execution_steps", "step_attempts", "approvals", "timers")


async def told(world: World, id_: UUID, *events: Event) -> dict[str, Any]:
    await world.given(world.record(f"execution-{id_}", *events))
    [row] = [row for row in await world.rows("executions") if row["id"] == id_]
    return row


async def step_of(world: World, node: str) -> dict[str, Any]:
    [row] = [row for row in await world.rows("execution_steps") if row["node"] == node]
    return row


async def test_every_event_gives_the_same_rows_however_it_is_delivered(world: World) -> None:
    """In one batch, one by one, and again."""
    id_ = UUID(int=500)
    events = world.record(f"execution-{id_}", *runs.of_every_kind(id_))
    await world.given(events)
    before = await world.everything(*TABLES)
    await world.given(events)
    assert await world.everything(*TABLES) == before
    await world.clear()
    for event in events:
        await world.given([event])
    assert await world.everything(*TABLES) == before


async def test_nothing_stays_open_in_a_run_that_ended(world: World) -> None:
    id_ = uuid4()
    row = await told(world, id_, *runs.of_every_kind(id_))
    assert (row["status"], row["error_code"], row["ended_by"]) == (
        "cancelled",
        "execution.cancelled",
        "user:ada",
    )
    steps = await world.rows("execution_steps")
    assert [s["node"] for s in steps if s["finished_at"] is None or s["due_at"]] == []
    abandoned = {"later", "helper", "helper[2]", "sub", "boss", "each[1].q", "again", "again[0]"}
    assert {s["node"] for s in steps if s["status"] == "abandoned"} == abandoned
    assert [a["node"] for a in await world.rows("step_attempts") if a["ended_at"] is None] == []


async def test_a_run_waits_its_turn_and_says_why(world: World) -> None:
    id_ = uuid4()
    row = await told(world, id_, runs.queued(id_))
    assert (row["status"], row["priority"], row["started_at"]) == ("queued", 5, None)
    assert row["queue_reason"] == {"scope": "tenant", "limit": 2, "running": 2}
    row = await told(world, id_, stories.started(id_))
    assert row["status"] == "running"
    assert row["queued_at"] < row["started_at"]


async def test_a_paused_run_goes_on_where_it_was(world: World) -> None:
    id_ = uuid4()
    pause = e.ExecutionPaused(execution_id=id_, reason="suspended", by="tenancy")
    resume = e.ExecutionResumed(execution_id=id_, by="user:ada")
    row = await told(world, id_, stories.started(id_), e.ExecutionParked(execution_id=id_))
    assert row["status"] == "waiting"
    row = await told(world, id_, pause)
    assert (row["status"], row["pause_reason"]) == ("paused", "suspended")
    assert (await told(world, id_, resume))["status"] == "waiting"
    assert (await told(world, id_, e.ExecutionWoken(execution_id=id_)))["status"] == "running"
    assert (await told(world, id_, pause))["status"] == "paused"
    assert (await told(world, id_, runs.cancelled(id_, forced=True)))["status"] == "cancelled"


async def test_a_run_knows_where_it_comes_from(world: World) -> None:
    parent, below, fork = uuid4(), uuid4(), uuid4()
    row = await told(world, parent, stories.started(parent).model_copy(update={"trigger": runs.TRIGGER}))
    assert (row["root_id"], row["parent_execution_id"]) == (parent, None)
    assert (row["trigger_id"], row["trigger_kind"]) == (runs.TRIGGER.trigger_id, "cron")
    row = await told(world, below, runs.child(below, parent))
    assert (row["root_id"], row["parent_execution_id"], row["parent_node"]) == (parent, parent, "sub")
    row = await told(world, fork, runs.forked(fork, parent))
    assert (row["fork_of"], row["fork_from"]) == (parent, "b")


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (runs.scheduled, "noop"),
        (runs.asks_model, "llm"),
        (runs.tool, "tool"),
        (runs.retrieval, "retrieve"),
        (partial(runs.subworkflow, child_id=UUID(int=5)), "subworkflow"),
        (runs.asked, "approval"),
        (runs.waits, "wait"),
    ],
)
async def test_a_step_is_due_until_it_ends(
    world: World, begin: Callable[[UUID, str], Event], kind: str
) -> None:
    id_ = uuid4()
    await told(world, id_, stories.started(id_), begin(id_, "a"))
    step = await step_of(world, "a")
    assert (step["kind"], step["attempt"], step["finished_at"]) == (kind, 1, None)
    assert step["due_at"] in (runs.DUE, runs.LATER)
    await told(world, id_, runs.done(id_, "a"))
    step = await step_of(world, "a")
    assert (step["kind"], step["status"], step["due_at"]) == (kind, "succeeded", None)
    [attempt] = await world.rows("step_attempts")
    assert (attempt["status"], attempt["due_at"]) == ("succeeded", None)
    assert attempt["began_at"] < attempt["ended_at"]


async def test_what_was_only_computed_or_reused_has_no_attempts(world: World) -> None:
    id_, other = uuid4(), uuid4()
    pure, reused = runs.done(id_, "pure"), runs.done(id_, "old", reused_from=other)
    skipped = e.StepSkipped(execution_id=id_, node="no")
    await told(world, id_, stories.started(id_), pure, reused, skipped)
    assert await world.rows("step_attempts") == []
    assert (await step_of(world, "pure"))["kind"] is None
    assert (await step_of(world, "old"))["reused_from"] == other
    assert (await step_of(world, "no"))["status"] == "skipped"


async def test_an_item_that_fails_takes_what_is_open_in_it_along(world: World) -> None:
    id_ = uuid4()
    items = [runs.mapped(id_, "each"), runs.begun_item(id_, "each", 1), runs.begun_item(id_, "each", 11)]
    inner = [runs.tool(id_, "each[1].t"), runs.tool(id_, "each[11].t"), runs.asked(id_, "each[1].q")]
    await told(world, id_, stories.started(id_), *items, *inner, runs.failed_item(id_, "each", 1))
    found = {step["node"]: step["status"] for step in await world.rows("execution_steps")}
    assert found == {
        "each": "running",
        "each[1]": "failed",
        "each[1].t": "abandoned",
        "each[1].q": "abandoned",
        "each[11]": "running",
        "each[11].t": "requested",
    }


async def test_an_agents_rounds_and_tools_are_steps_inside_it(world: World) -> None:
    id_ = uuid4()
    rounds = [runs.asks_model(id_, "helper[1]"), runs.model_answered(id_, "helper[1]")]
    await told(world, id_, stories.started(id_), runs.agent(id_, "helper"), *rounds)
    await told(world, id_, runs.turned(id_, "helper", 1), runs.tool(id_, "helper[1].search_0"))
    round_, use = await step_of(world, "helper[1]"), await step_of(world, "helper[1].search_0")
    assert (round_["status"], round_["output"]) == ("succeeded", "Let me look")
    assert (use["kind"], use["status"]) == ("tool", "requested")
    [call] = [row for row in await world.rows("step_attempts") if row["node"] == "helper[1]"]
    assert (call["price"], call["usage"]["output"]) == (Decimal("0.12"), 4)
