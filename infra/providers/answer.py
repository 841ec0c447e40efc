"""An answer while it comes in. The same for streamed and whole ones: a whole one is one chunk."""

from dataclasses import dataclass, field
from typing import Any, cast, get_args

from infra.providers.usage import estimated, reported
from infra.providers.wire import WireAnswer, WireChoice, WireMessage, WireToolCall
from schemas.execution.chat import ChatRequest, ChatResult, FinishReason, ToolCall, Usage

MAX_TEXT_CHARS = 200_000
MAX_TOOL_CALLS = 128


@dataclass
class OpenToolCall:
    id: str
    name: str = ""
    arguments: str = ""


@dataclass
class Answer:
    request: ChatRequest
    accepted: bool = False
    request_id: str | None = None
    pieces: list[str] = field(default_factory=list)
    chars: int = 0
    deltas: int = 0
    output_bytes: int = 0
    reasoning_bytes: int = 0
    tool_calls: dict[int, OpenToolCall] = field(default_factory=dict)
    finish_reason: str | None = None
    raw_usage: Any = None

    @property
    def finished(self) -> bool:
        """What is lost after this is the usage report at most, and that is estimated."""
        return self.finish_reason is not None

    @property
    def full(self) -> bool:
        return self.chars >= MAX_TEXT_CHARS or len(self.tool_calls) > MAX_TOOL_CALLS

    def take(self, part: WireAnswer) -> str:
        """Adds a chunk; returns the text it brought."""
        self.request_id = self.request_id or part.id
        self.raw_usage = part.usage or self.raw_usage
        return self._take_choice(part.choices[0]) if part.choices else ""

    def _take_choice(self, choice: WireChoice) -> str:
        self.finish_reason = choice.finish_reason or self.finish_reason
        message = choice.message or choice.delta or WireMessage()
        for position, call in enumerate(message.tool_calls or ()):
            self._take_tool_call(position, call)
        self.reasoning_bytes += len((message.reasoning_content or "").encode())
        return self._take_text(message.content or message.refusal or "")

    def _take_text(self, text: str) -> str:
        if not text:
            return ""
        self.deltas += 1
        self.output_bytes += len(text.encode())
        kept = text[: MAX_TEXT_CHARS - self.chars]
        self.chars += len(kept)
        self.pieces.append(kept)
        return kept

    def _take_tool_call(self, position: int, call: WireToolCall) -> None:
        index = position if call.index is None else call.index
        made = self.tool_calls.setdefault(index, OpenToolCall(f"call-{index}"))
        made.id = call.id or made.id
        made.name = made.name or call.function.name or ""
        added = (call.function.arguments or "")[: MAX_TEXT_CHARS - self.chars]
        made.arguments += added
        self.chars += len(added)
        self.deltas += 1
        self.output_bytes += len((call.function.name or "").encode()) + len(added.encode())

    def usage(self) -> Usage:
        metered = estimated(self.request, self.output_bytes, self.reasoning_bytes, self.deltas)
        return reported(self.raw_usage) or metered

    def observed_usage(self) -> Usage | None:
        return self.usage() if self.accepted else None

    def result(self) -> ChatResult:
        return ChatResult(
            text="".join(self.pieces),
            tool_calls=tuple(ToolCall(**vars(call)) for call in self.tool_calls.values()),
            usage=self.usage(),
            finish_reason=self._finish_reason(),
            model=self.request.model,
            provider_request_id=self.request_id,
        )

    def _finish_reason(self) -> FinishReason:
        if self.full:
            return "length"
        known = self.finish_reason in get_args(FinishReason)
        return cast(FinishReason, self.finish_reason) if known else "other"
