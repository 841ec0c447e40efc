"""Asking a ChatModel in tests."""

from dataclasses import dataclass
from typing import Literal

import pytest

from contexts.execution.ports import ChatModel, ProviderError
from schemas.execution.chat import ChatMessage, ChatRequest, ChatResult, ToolSpec

Mode = Literal["stream", "whole"]
WEATHER = ToolSpec(
    name="weather",
    description="Tells the weather.",
    parameters={"type": "object", "properties": {"city": {"type": "string"}}},
)


@dataclass
class Asked:
    result: ChatResult
    deltas: list[str]


def request(model: str, text: str = "hello there world", timeout_seconds: float = 5.0) -> ChatRequest:
    return ChatRequest(
        model=model,
        messages=(ChatMessage(role="user", content=text),),
        max_output_tokens=64,
        temperature=0,
        timeout_seconds=timeout_seconds,
    )


async def ask(model: ChatModel, asked: ChatRequest, mode: Mode) -> Asked:
    deltas: list[str] = []

    async def on_delta(text: str) -> None:
        deltas.append(text)

    return Asked(await model.complete(asked, on_delta if mode == "stream" else None), deltas)


async def failure(model: ChatModel, asked: ChatRequest, mode: Mode) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await ask(model, asked, mode)
    return caught.value
