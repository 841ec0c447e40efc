"""Uses tools for tenants: the ToolRunner of the execution context."""

from collections.abc import Iterable, Mapping
from typing import Any

from infra.tools.builtin import BuiltinTools
from infra.tools.hiding import Hiding
from infra.tools.http import HttpTools
from infra.tools.mcp import McpTools
from infra.tools.secrets import Secrets
from schemas.base import TenantId
from schemas.execution.secret_references import filled, named
from schemas.execution.tool_error import ToolError
from schemas.execution.types import BuiltinRequest, HttpRequest, McpRequest, ToolRequest

MAX_MESSAGE_CHARS = 500


class Tools:
    def __init__(self, secrets: Secrets, http: HttpTools, mcp: McpTools, builtin: BuiltinTools) -> None:
        self._secrets, self._http, self._mcp, self._builtin = secrets, http, mcp, builtin

    async def run(self, tenant_id: TenantId, request: ToolRequest, timeout_seconds: float) -> Any:
        """Secrets go in just before sending; what comes back, answer or error, is freed of them."""
        values = await self._secrets.values(tenant_id, names_in(request))
        hiding = Hiding(values.values())
        try:
            return hiding.json(await self._run(tenant_id, with_secrets(request, values), timeout_seconds))
        except ToolError as error:
            raise hidden(error, hiding) from None

    async def aclose(self) -> None:
        """What is kept for the next use is closed."""
        await self._mcp.aclose()

    async def _run(self, tenant_id: TenantId, request: ToolRequest, seconds: float) -> Any:
        match request:
            case HttpRequest():
                return await self._http.run(request, seconds)
            case McpRequest():
                return await self._mcp.run(tenant_id, request, seconds)
            case BuiltinRequest():
                return self._builtin.run(request)


def names_in(request: ToolRequest) -> frozenset[str]:
    return frozenset(name for text in private_texts(request) for name in named(text))


def private_texts(request: ToolRequest) -> Iterable[str]:
    match request:
        case HttpRequest():
            return (*request.headers.values(), *request.query.values())
        case McpRequest():
            return tuple(request.headers.values())
    return ()


def with_secrets(request: ToolRequest, values: Mapping[str, str]) -> ToolRequest:
    match request:
        case HttpRequest():
            update = {"headers": fill(request.headers, values), "query": fill(request.query, values)}
            return request.model_copy(update=update)
        case McpRequest():
            return request.model_copy(update={"headers": fill(request.headers, values)})
    return request


def fill(texts: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    return {name: filled(text, values.__getitem__) for name, text in texts.items()}


def hidden(error: ToolError, hiding: Hiding) -> ToolError:
    """Shortened afterwards: of a secret that was cut in two, nothing would be found."""
    return ToolError(
        error.code,
        hiding.text(error.message)[:MAX_MESSAGE_CHARS],
        retryable=error.retryable,
        retry_after=error.retry_after,
        lost=error.lost,
        error_class=error.error_class,
    )
