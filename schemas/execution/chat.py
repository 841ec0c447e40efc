"""One chat completion: what is asked, what comes back, what it used."""

from typing import Any, Literal

from pydantic import Field

from schemas.base import Value


class ChatMessage(Value):
    role: Literal["system", "user", "assistant", "tool"]
    content: str


class ToolSpec(Value):
    name: str
    description: str
    parameters: dict[str, Any]


class ToolCall(Value):
    id: str
    name: str
    arguments: str


class ChatRequest(Value):
    """`model` is `provider/name`, e.g. `local/smollm2`."""

    model: str
    messages: tuple[ChatMessage, ...]
    max_output_tokens: int
    temperature: float | None = None
    tools: tuple[ToolSpec, ...] = ()
    timeout_seconds: float = 120


class Usage(Value):
    """Tokens by class. A partition: `input` excludes cached tokens, `output` excludes reasoning.

    `estimated` says the provider reported none and we counted.
    """

    input: int = Field(0, ge=0)
    output: int = Field(0, ge=0)
    cache_read: int = Field(0, ge=0)
    cache_write: int = Field(0, ge=0)
    reasoning: int = Field(0, ge=0)
    estimated: bool = False

    @property
    def total(self) -> int:
        return self.input + self.output + self.cache_read + self.cache_write + self.reasoning


class ChatResult(Value):
    text: str
    usage: Usage
    model: str
    finish_reason: str
    tool_calls: tuple[ToolCall, ...] = ()
    provider_request_id: str | None = None
