"""A tool and its arguments as a request that is ready to send but for its secrets. Pure."""

import json
from typing import TypeVar

from contexts.execution.tool_texts import (
    Arguments,
    UnfitArguments,
    filled,
    filled_json,
    filled_texts,
    in_header,
    in_path,
    in_query,
    plain,
)
from contexts.json_schemas import problems as misfits
from contexts.templates import MAX_RENDERED_BYTES
from schemas.authoring.tools import HttpTool, McpTool, ToolDefinition
from schemas.depth import MAX_DEPTH, too_deep
from schemas.execution.types import BuiltinRequest, HttpRequest, McpRequest, ToolRequest

T = TypeVar("T")
SAFE_METHODS = ("GET", "PUT")
MAX_URL_CHARS = 8_000


def argument_problems(tool: ToolDefinition, arguments: Arguments) -> list[str]:
    """Why no request can be made of these arguments, in words for whoever gave them."""
    try:
        given = sendable(dict(arguments))
        if found := misfits(tool.parameters, given):
            return [f"{where}: {message}" if where else message for where, message in found]
        build(tool, given)
    except UnfitArguments as error:
        return [str(error)]
    return []


def build(tool: ToolDefinition, arguments: Arguments) -> ToolRequest:
    """Raises UnfitArguments where `argument_problems` has something to say."""
    given = sendable(dict(arguments))
    if isinstance(tool, HttpTool):
        return http_request(tool, given)
    if isinstance(tool, McpTool):
        return mcp_request(tool, given)
    return BuiltinRequest(name=tool.name, arguments=given)


def is_safe(tool: ToolDefinition) -> bool:
    """May it be done again when nobody knows whether it was done?"""
    if isinstance(tool, HttpTool):
        return tool.method in SAFE_METHODS if tool.safe is None else tool.safe
    return tool.safe


def http_request(tool: HttpTool, arguments: Arguments) -> HttpRequest:
    return HttpRequest(
        method=tool.method,
        url=address(tool.url, arguments),
        headers=filled_texts(tool.headers, arguments, in_header),
        query=filled_texts(tool.query, arguments, plain),
        body=sendable(filled_json(tool.body, arguments)),
    )


def mcp_request(tool: McpTool, arguments: Arguments) -> McpRequest:
    return McpRequest(
        url=address(tool.url, arguments) if tool.url else None,
        server=tool.server,
        tool=tool.tool,
        headers=filled_texts(tool.headers, arguments, in_header),
        arguments=dict(arguments),
    )


def address(template: str, arguments: Arguments) -> str:
    path, mark, query = template.partition("?")
    url = filled(path, arguments, in_path) + mark + filled(query, arguments, in_query)
    if len(url) > MAX_URL_CHARS:
        raise UnfitArguments(f"the address is longer than {MAX_URL_CHARS} characters")
    return url


def sendable(value: T) -> T:
    if too_deep(value):
        raise UnfitArguments(f"the arguments are nested more than {MAX_DEPTH} deep")
    try:
        size = len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
    except ValueError as error:
        raise UnfitArguments("the arguments hold text or numbers that JSON cannot carry") from error
    if size > MAX_RENDERED_BYTES:
        raise UnfitArguments(f"the request is larger than {MAX_RENDERED_BYTES} bytes")
    return value
