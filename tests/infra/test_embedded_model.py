import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from infra.embedded.model import ModelServer


@pytest.fixture
async def model(data_dir: Path) -> AsyncIterator[ModelServer]:
    server = ModelServer(data_dir / "model.log")
    await server.start()
    yield server
    await server.stop()


async def test_it_answers_and_reports_what_it_used(model: ModelServer) -> None:
    question = {
        "model": "smollm2",
        "messages": [{"role": "user", "content": "Say hello."}],
        "max_tokens": 8,
        "temperature": 0,
    }
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        response = await client.post(model.url + "/v1/chat/completions", json=question)
    answer = response.json()
    assert answer["model"] == "smollm2"
    assert answer["choices"][0]["message"]["content"]
    assert answer["usage"]["prompt_tokens"] > 10
    assert 1 <= answer["usage"]["completion_tokens"] <= 8


async def test_web_pages_of_other_origins_are_not_let_in(model: ModelServer) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        response = await client.get(model.url + "/v1/models", headers={"Origin": "https://example.com"})
    assert response.headers["access-control-allow-origin"] == model.url


async def test_it_stops_when_it_is_asked_to(model: ModelServer) -> None:
    assert await model.healthy()
    process = model.process
    await model.stop()
    assert process is not None and process.returncode != -signal.SIGKILL
    assert not await model.healthy()
