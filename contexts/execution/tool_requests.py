from collections.abc import Mapping
from typing import Any

from schemas.authoring.tools import ToolDefinition
from schemas.execution.types import BuiltinRequest, ToolRequest


def build(tool: ToolDefinition, arguments: Mapping[str, Any]) -> ToolRequest:
    return BuiltinRequest(name="echo", arguments=dict(arguments))


def argument_problems(tool: ToolDefinition, arguments: Mapping[str, Any]) -> list[str]:
    return []


def is_safe(tool: ToolDefinition) -> bool:
    return bool(tool.safe)
