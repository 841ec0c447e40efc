"""What the use of tools and documents needs from outside."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from schemas.base import TenantId
from schemas.execution.retrieval import Passage
from schemas.execution.types import ToolRequest


class ToolRunner(Protocol):
    async def run(self, tenant_id: TenantId, request: ToolRequest, timeout_seconds: float) -> Any:
        """The tool's answer as JSON. Tries once, with the tenant's secrets, and raises ToolError."""
        ...


class Retriever(Protocol):
    async def search(self, tenant_id: TenantId, collection: str, query: str, top_k: int) -> Sequence[Passage]:
        """The best first, `top_k` at most. Raises RetrievalError."""
        ...


class ToolPorts(Protocol):
    @property
    def tools(self) -> ToolRunner: ...

    @property
    def wall_clock(self) -> Callable[[], datetime]: ...


class RetrievalPorts(Protocol):
    @property
    def retriever(self) -> Retriever: ...
