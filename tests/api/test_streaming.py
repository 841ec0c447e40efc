import asyncio
import json
from typing import Any
from uuid import UUID

import httpx2
import pytest

from tests.api.fakes import parse_sse
from tests.api.run import Run
from tests.api.world import World, problem


@pytest.fixture
def run(world: World) -> Run:
    return Run(world)


def ids(response: httpx2.Response) -> list[int]:
    return [int(frame["id"]) for frame in parse_sse(response.text) if "id" in frame]


async def test_a_finished_run_is_told_whole_and_ends(run: Run, anna: httpx2.AsyncClient) -> None:
    positions = [run.start(), run.step("a"), run.step_done("a"), run.end()]
    response = await anna.get(run.path)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert ids(response) == positions
    frames = parse_sse(response.text)
    assert [frame["event"].rsplit(".")[-1] for frame in frames] == [
        "started",
        "step_scheduled",
        "step_succeeded",
        "succeeded",
    ]
    told = json.loads(frames[2]["data"])
    assert (told["position"], told["recorded_at"]) == (positions[2], "2026-11-23T10:00:00+00:00")
    known = {"execution_id": str(run.id), "node": "a", "attempt": 1, "output": "é"}
    assert told["data"].items() >= known.items()
    assert run.world.live.closed == 1


async def test_live_events_follow_stored_ones_once_each(run: Run, anna: httpx2.AsyncClient) -> None:
    """News repeats, overtakes and gets lost; the story does not."""
    told = [run.start()]
    request = asyncio.create_task(anna.get(run.path))
    await run.listened_to()
    told += [run.step("a"), run.step_done("a"), run.step("b")]
    run.tell(told[2])
    run.tell(told[1])
    run.tell(told[2])
    await asyncio.sleep(0.01)
    told += [run.step_done("b"), run.end()]
    run.tell(told[-1])
    assert ids(await request) == told


async def test_what_happens_between_subscribing_and_reading_is_told_once(
    run: Run, anna: httpx2.AsyncClient
) -> None:
    told = [run.start()]
    subscribe = run.world.live.subscribe

    async def slow_subscribe(stream_id: str, tenant_id: Any) -> Any:
        feed = await subscribe(stream_id, tenant_id)
        told.append(run.step("a"))
        run.tell(told[-1])
        told.append(run.end())
        run.tell(told[-1])
        return feed

    run.world.live.subscribe = slow_subscribe  # type: ignore[method-assign]
    assert ids(await anna.get(run.path)) == told


@pytest.mark.parametrize("how", ["header", "query"])
async def test_a_reader_goes_on_where_it_was(run: Run, anna: httpx2.AsyncClient, how: str) -> None:
    positions = [run.start(), run.step("a"), run.step_done("a"), run.end()]
    for seen in range(len(positions) - 1):
        mark = str(positions[seen])
        if how == "header":
            response = await anna.get(run.path, headers={"Last-Event-ID": mark})
        else:
            response = await anna.get(run.path, params={"last_event_id": mark})
        assert ids(response) == positions[seen + 1 :]


async def test_after_the_last_event_there_is_nothing_to_wait_for(run: Run, anna: httpx2.AsyncClient) -> None:
    """204 is how an EventSource is told not to come back."""
    run.start()
    last = str(run.end())
    assert (await anna.get(run.path, headers={"Last-Event-ID": last})).status_code == 204


async def test_a_mark_that_is_no_position_of_ours_starts_over(run: Run, anna: httpx2.AsyncClient) -> None:
    positions = [run.start(), run.end()]
    assert ids(await anna.get(run.path, headers={"Last-Event-ID": "999999"})) == positions
    for wrong in ("-1", "x", str(2**63)):
        problem(await anna.get(run.path, headers={"Last-Event-ID": wrong}), 422, "request.invalid")


async def test_text_comes_as_it_is_said(run: Run, anna: httpx2.AsyncClient) -> None:
    run.start()
    request = asyncio.create_task(anna.get(run.path))
    await run.listened_to()
    await asyncio.sleep(0.01)
    run.say(0, "The ")
    run.say(1, "sea\nis big")
    run.tell(run.end())
    frames = parse_sse((await request).text)
    assert [frame["event"] for frame in frames][1:3] == ["delta", "delta"]
    assert json.loads(frames[2]["data"]) == {"node": "a", "attempt": 1, "index": 1, "text": "sea\nis big"}
    assert "id" not in frames[2]


async def test_silence_is_filled_and_what_got_lost_is_found(run: Run, anna: httpx2.AsyncClient) -> None:
    told = [run.start()]
    request = asyncio.create_task(anna.get(run.path))
    await run.listened_to()
    await asyncio.sleep(0.12)
    told.append(run.end())
    response = await request
    assert ids(response) == told
    assert ": still here\n\n" in response.text


@pytest.mark.parametrize("how", ["ends", "fails"])
async def test_a_broken_feed_does_not_break_the_story(run: Run, anna: httpx2.AsyncClient, how: str) -> None:
    async def broken(stream_id: str, tenant_id: UUID) -> Any:
        async def nothing() -> Any:
            if how == "fails":
                raise ConnectionError
            return
            yield

        return nothing()

    run.world.live.subscribe = broken  # type: ignore[method-assign]
    told = [run.start()]
    request = asyncio.create_task(anna.get(run.path))
    await asyncio.sleep(0.02)
    told.append(run.end())
    assert ids(await request) == told


async def test_a_long_story_is_told_in_batches(
    run: Run, anna: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.streaming.BATCH", 3)
    told = [run.start(), *(run.step(f"n{number}") for number in range(7)), run.end()]
    assert ids(await anna.get(run.path)) == told


def asgi_scope(run: Run, spec_version: str) -> dict[str, Any]:
    token = run.world.tokens.issue(run.world.anna)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": spec_version},
        "http_version": "1.1",
        "method": "GET",
        "path": run.path,
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
    }


async def test_a_client_that_leaves_only_ends_its_own_listening(run: Run) -> None:
    run.start()
    gone = asyncio.Event()
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    serving = asyncio.create_task(run.world.app(asgi_scope(run, "2.3"), receive, send))
    await run.listened_to()
    await asyncio.sleep(0.02)
    gone.set()
    await asyncio.wait_for(serving, 10)
    assert run.world.live.listening == []
    assert run.world.bus.sent == []
    assert sent[0]["status"] == 200


async def test_a_failed_write_ends_the_listening_too(run: Run) -> None:
    """Servers that speak ASGI 2.4 raise from send instead."""
    run.start()

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError

    await asyncio.wait_for(run.world.app(asgi_scope(run, "2.4"), receive, send), 10)
    assert run.world.live.listening == []


async def test_a_stream_is_seen_by_those_who_see_the_run(run: Run, reseller: httpx2.AsyncClient) -> None:
    run.start()
    run.end()
    assert (await reseller.get(run.path)).status_code == 200
    for stranger in (run.world.zoe, run.world.rival):
        async with run.world.client(stranger) as client:
            problem(await client.get(run.path), 404, "execution.execution_not_found")
