"""Tools in memory: the platform's own as they are, the others by script."""

from collections import defaultdict
from typing import Any

from infra.tools.builtin import BuiltinTools
from schemas.base import TenantId
from schemas.execution.tool_error import ToolError
from schemas.execution.types import BuiltinRequest, HttpRequest, ToolRequest
from tests.support.fakes.clock import FakeClock


class FakeToolRunner:
    """`script(key, ...)` queues answers, the last one stays; an exception is raised. The key of an HTTP tool
    is its URL, of an MCP tool its name."""

    def __init__(self, clock: FakeClock) -> None:
        self.used: list[ToolRequest] = []
        self._builtin = BuiltinTools(clock)
        self._queues: dict[str, list[Any]] = defaultdict(list)

    def script(self, key: str, *answers: Any) -> None:
        self._queues[key] = list(answers)

    async def run(self, tenant_id: TenantId, request: ToolRequest, timeout_seconds: float) -> Any:
        self.used.append(request)
        if isinstance(request, BuiltinRequest):
            return self._builtin.run(request)
        key = request.url if isinstance(request, HttpRequest) else request.tool
        queue = self._queues[key]
        if not queue:
            raise ToolError("tool.not_scripted", f"nothing is scripted for {key}", retryable=False)
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(answer, Exception):
            raise answer
        return answer
