"""What the execution context needs from outside."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contexts.execution.ports_aborts import Aborts
from contexts.execution.ports_tools import Retriever, ToolRunner
from schemas.base import TenantId
from schemas.execution.chat import ChatRequest, ChatResult
from schemas.execution.provider_error import Aborted, ErrorClass, ProviderError

__all__ = ["Aborted", "ChatModel", "ErrorClass", "ExecutionPorts", "OnDelta", "ProviderError"]

OnDelta = Callable[[str], Awaitable[None]]


class ChatModel(Protocol):
    async def complete(self, request: ChatRequest, on_delta: OnDelta | None) -> ChatResult:
        """Asks once, never retries, and raises ProviderError.

        With `on_delta` the answer is streamed and each piece of text is awaited in order.
        An error of `on_delta` itself passes through and ends the call, but Aborted, and a cancellation
        with the message ABORTED, become ProviderError("aborted") with what was used so far.
        """
        ...


class Requests(Protocol):
    async def load(self, ref: str) -> ChatRequest:
        """The request in the CallRequested event that `ref` names."""
        ...


class DeltaStream(Protocol):
    async def write(self, text: str) -> None: ...

    async def flush(self) -> None: ...


class Deltas(Protocol):
    def open(self, tenant_id: TenantId, execution_id: UUID, node: str, attempt: int) -> DeltaStream: ...


class Runs(Protocol):
    async def open(self, tenant_id: TenantId, position: int) -> Sequence[UUID]:
        """A tenant's runs that have not ended, as the read model has it once it has passed `position`."""
        ...


@dataclass(frozen=True)
class ExecutionPorts:
    """`clock` is monotonic, in seconds; `wall_clock` tells the time of day."""

    chat: ChatModel
    requests: Requests
    deltas: Deltas
    aborts: Aborts
    tools: ToolRunner
    retriever: Retriever
    runs: Runs
    clock: Callable[[], float]
    wall_clock: Callable[[], datetime]
