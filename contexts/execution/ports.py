"""What the execution context needs from outside."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from schemas.execution.chat import ChatRequest, ChatResult
from schemas.execution.provider_error import ErrorClass, ProviderError

__all__ = ["ChatModel", "ErrorClass", "OnDelta", "ProviderError"]

OnDelta = Callable[[str], Awaitable[None]]


class ChatModel(Protocol):
    async def complete(self, request: ChatRequest, on_delta: OnDelta | None) -> ChatResult:
        """Asks once, never retries, and raises ProviderError.

        With `on_delta` the answer is streamed and each piece of text is awaited in order.
        An error of `on_delta` itself passes through and ends the call.
        """
        ...
