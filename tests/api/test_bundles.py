import json
from uuid import uuid4

import httpx2

from infra.eventstore.types import Payload
from schemas.base import Event
from schemas.execution import events as e
from schemas.execution.bundle import RunBundle
from tests.api.world import World, problem
from tests.projections import runs, stories

NAME = "ab" * 32


def record(world: World, *events: Event) -> str:
    id_ = events[0].execution_id  # type: ignore[attr-defined]
    for event in events:
        world.reads.record(f"execution-{id_}", world.tenant, event)
    return f"/executions/{id_}/bundle"


async def test_a_run_is_taken_along_with_what_was_answered_to_it(
    world: World, anna: httpx2.AsyncClient
) -> None:
    id_ = uuid4()
    calls = [runs.asks_model(id_, "ask"), runs.model_answered(id_, "ask"), runs.done(id_, "ask", "Hi")]
    end = e.ExecutionSucceeded(execution_id=id_, output={"n": 1})
    place = record(world, stories.started(id_), *calls, end)
    bundle = RunBundle.model_validate_json((await anna.get(place)).text)
    assert (bundle.source, bundle.inputs) == (stories.WORKFLOW, {"who": "Ada"})
    [answer] = bundle.answers
    assert (answer.node, answer.kind, answer.output) == ("ask", "call", "Hi")
    assert answer.usage is not None and answer.usage.output == 4
    assert (bundle.outcome.status, bundle.outcome.output) == ("succeeded", {"n": 1})
    async with world.client(world.zoe) as zoe:
        problem(await zoe.get(place), 404, "execution.execution_not_found")


async def test_large_values_are_in_their_places(world: World, anna: httpx2.AsyncClient) -> None:
    id_ = uuid4()
    world.reads.payloads.append((world.tenant, Payload(NAME, "j", json.dumps([1, 2]).encode())))
    output = f"hb:payload:{NAME}:6:j"
    place = record(world, stories.started(id_), e.ExecutionSucceeded(execution_id=id_, output=output))
    assert (await anna.get(place)).json()["outcome"]["output"] == [1, 2]


async def test_a_run_is_not_taken_along_before_it_ends(world: World, anna: httpx2.AsyncClient) -> None:
    place = record(world, stories.started(uuid4()))
    problem(await anna.get(place), 409, "execution.not_ended")
