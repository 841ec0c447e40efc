"""One request to a chat model and its answer, the same for every provider."""

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.base import Value

FinishReason = Literal["stop", "length", "tool_calls", "content_filter", "other"]
Tokens = Field(default=0, ge=0)


class ToolSpec(Value):
    """A tool the model may ask for; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]


class ToolCall(Value):
    """What the model asks for; `arguments` is JSON as the model wrote it, not yet checked."""

    id: str
    name: str
    arguments: str


class ChatMessage(Value):
    """`tool_calls` goes with role assistant, `tool_call_id` with role tool."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class ChatRequest(Value):
    """`model` is `provider/name`; `timeout_seconds` covers the whole call, streaming included."""

    model: str
    messages: tuple[ChatMessage, ...]
    max_output_tokens: int = Field(gt=0)
    temperature: float | None = None
    tools: tuple[ToolSpec, ...] = ()
    output_schema: dict[str, Any] | None = None
    """The JSON schema the answer is to fit: a provider that can enforce it, does."""

    timeout_seconds: float = Field(gt=0)


class Usage(Value):
    """A partition of the tokens: each is in exactly one class. Images and audio are counted beside them.

    `input` excludes cached ones, `output` excludes reasoning. `estimated` when we metered
    the call because the provider reported nothing. `unplaced` is what the provider reported
    and no class of ours stands for, in its words: the call is quarantined.
    """

    input: int = Tokens
    output: int = Tokens
    cache_read: int = Tokens
    cache_write: int = Tokens
    reasoning: int = Tokens
    estimated: bool = False
    images: int = Tokens
    audio_ms: int = Tokens
    unplaced: tuple[Annotated[str, Field(max_length=120)], ...] = Field(default=(), max_length=10)

    @property
    def quarantined(self) -> bool:
        return bool(self.unplaced)

    @property
    def total(self) -> int:
        return self.input + self.output + self.cache_read + self.cache_write + self.reasoning


class ChatResult(Value):
    """`model` is the requested one, which the rates are kept for."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    finish_reason: FinishReason
    model: str
    provider_request_id: str | None
