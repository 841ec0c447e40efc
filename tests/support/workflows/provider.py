"""A chat model that does what the story says about each prompt."""

from collections import Counter
from collections.abc import Callable

from contexts.execution.ports import OnDelta, ProviderError
from schemas.execution.chat import ChatRequest, ChatResult, ToolCall, Usage
from tests.support.killed import WorkerKilled
from tests.support.workflows.story import PASSING, Reply


class StoryModel:
    def __init__(self, reply: Callable[[str, int], Reply]) -> None:
        self._reply = reply
        self.asked: Counter[str] = Counter()

    async def complete(self, request: ChatRequest, on_delta: OnDelta | None) -> ChatResult:
        key = next(message.content for message in request.messages if message.role == "user")
        self.asked[key] += 1
        reply = self._reply(key, self.asked[key])
        if reply.lost:
            raise WorkerKilled
        if reply.error:
            retryable = reply.error in (*PASSING, "timeout")
            raise ProviderError(reply.error, "as the story has it", retryable=retryable)
        return result(request, reply)


def result(request: ChatRequest, reply: Reply) -> ChatResult:
    named = enumerate(reply.tools)
    return ChatResult(
        text=reply.text,
        tool_calls=tuple(ToolCall(id=f"call-{n}", name=name, arguments=args) for n, (name, args) in named),
        usage=Usage(input=20, output=len(reply.text.split())),
        finish_reason="tool_calls" if reply.tools else "stop",
        model=request.model,
        provider_request_id=None,
    )
