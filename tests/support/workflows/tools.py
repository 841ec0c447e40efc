"""The tools of stories in memory: they say what they were given, or refuse it as long as anybody asks."""

from collections.abc import Callable
from typing import Any

from schemas.base import TenantId
from schemas.execution.tool_error import ToolError
from schemas.execution.types import BuiltinRequest, ToolRequest
from tests.support.workflows.story import TOOL_REFUSED, Story


def refusing(story: Story, run: Callable[..., Any]) -> Callable[..., Any]:
    """As `run` does, but for what the story says is refused."""

    async def tried(tenant_id: TenantId, request: ToolRequest, timeout_seconds: float) -> Any:
        assert isinstance(request, BuiltinRequest)
        if story.is_refused(request.arguments["q"]):
            raise ToolError(TOOL_REFUSED, "as the story has it")
        return await run(tenant_id, request, timeout_seconds)

    return tried
