"""The scripted server as other processes use it."""

import httpx2

from tests.support.scripted_llm import ScriptedLlm


async def chat(client: httpx2.AsyncClient, model: str) -> httpx2.Response:
    messages = [{"role": "user", "content": "hi"}]
    return await client.post("/v1/chat/completions", json={"model": model, "messages": messages})


async def test_a_queue_is_answered_in_order_and_its_last_answer_stays(scripted_llm: ScriptedLlm) -> None:
    script = {"model": "m", "behaviours": [{"status": 429, "retry_after": "1"}, {"text": "done"}]}
    async with httpx2.AsyncClient(base_url=scripted_llm.url) as client:
        await client.post("/_script", json=script)
        answers = [await chat(client, "m") for _ in range(3)]
        calls = (await client.get("/_calls")).json()
    assert [answer.status_code for answer in answers] == [429, 200, 200]
    assert answers[2].json()["choices"][0]["message"]["content"] == "done"
    assert (calls["total"], calls["by_model"]) == (3, {"m": 3})


async def test_a_model_may_be_named_after_its_behaviour(scripted_llm: ScriptedLlm) -> None:
    async with httpx2.AsyncClient(base_url=scripted_llm.url) as client:
        answer = await chat(client, "rate-limited")
        await client.post("/_reset")
        calls = (await client.get("/_calls")).json()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert calls["total"] == 0
