"""A model that says what it was told to say, in turn, as OpenAI's chat completions: streamed or whole."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

WORD_SECONDS = 0.02
"""Between two words, so that one sees them come."""

Message = dict[str, Any]


class SaidCall(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    arguments: str


class Saying(BaseModel):
    """One answer: a text, or the tools the model wants. `when`: only to a question with that in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    tool_calls: tuple[SaidCall, ...] = ()
    when: Annotated[str, Field(min_length=1)] | None = None


class NothingLeft(Exception):
    """Everything fitting has been said."""


@dataclass
class Script:
    """What is left to be said."""

    left: list[Saying] = field(default_factory=list)

    def next(self, messages: Iterable[Message]) -> Saying:
        asked = "\n".join(str(message.get("content") or "") for message in messages)
        for saying in self.left:
            if saying.when is None or saying.when in asked:
                self.left.remove(saying)
                return saying
        raise NothingLeft


def scripted_model(sayings: Iterable[Saying]) -> Starlette:
    script = Script(list(sayings))

    async def complete(request: Request) -> Response:
        asked: dict[str, Any] = await request.json()
        try:
            saying = script.next(asked["messages"])
        except NothingLeft:
            return JSONResponse({"error": {"message": "the script has no answer to this"}}, 400)
        answer = Answered(asked, saying)
        if asked.get("stream"):
            return StreamingResponse(answer.stream(), media_type="text/event-stream")
        return JSONResponse(answer.whole())

    return Starlette(routes=[Route("/v1/chat/completions", complete, methods=["POST"])])


@dataclass(frozen=True)
class Answered:
    """One answer as OpenAI words it. A word is a token, of what came and of what goes."""

    asked: dict[str, Any]
    saying: Saying

    def whole(self) -> dict[str, Any]:
        message: Message = {"role": "assistant", "content": self.saying.text, "tool_calls": self.calls()}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        return self.body("chat.completion", choices=[choice], usage=self.usage())

    async def stream(self) -> AsyncIterator[str]:
        for word in words(self.saying.text):
            yield self.chunk({"content": word})
            await asyncio.sleep(WORD_SECONDS)
        for number, call in enumerate(self.calls()):
            yield self.chunk({"tool_calls": [{"index": number, **call}]})
        yield self.chunk({}, self.finish_reason)
        yield event(self.body("chat.completion.chunk", choices=[], usage=self.usage()))
        yield "data: [DONE]\n\n"

    def chunk(self, delta: Message, finish_reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return event(self.body("chat.completion.chunk", choices=[choice]))

    def body(self, kind: str, **more: Any) -> dict[str, Any]:
        return {"id": "scripted", "object": kind, "created": 0, "model": self.asked.get("model"), **more}

    @property
    def finish_reason(self) -> str:
        return "tool_calls" if self.saying.tool_calls else "stop"

    def calls(self) -> list[dict[str, Any]]:
        return [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in self.saying.tool_calls
        ]

    def usage(self) -> dict[str, int]:
        asked = sum(len(str(message.get("content") or "").split()) for message in self.asked["messages"])
        wanted = [f"{call.name} {call.arguments}" for call in self.saying.tool_calls]
        said = sum(len(text.split()) for text in (self.saying.text, *wanted))
        return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def words(text: str) -> list[str]:
    """In pieces that join to it again."""
    *most, last = text.split(" ")
    return [*(word + " " for word in most), last] if text else []


def event(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body)}\n\n"
