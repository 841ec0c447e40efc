"""What a tenant's tools are: an HTTP operation, a tool of an MCP server, or one of ours."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from schemas.authoring.parts import JsonSchema, Template
from schemas.base import Value

Url = Annotated[str, StringConstraints(pattern=r"^https?://", max_length=2_000)]


class HttpTool(Value):
    """One operation. `url`, `headers`, `query` and `body` are templates over `arguments`.

    `{{ secrets.NAME }}` may stand in headers and query only: it is filled in when the request is sent.
    """

    type: Literal["http"]
    description: str = Field("", max_length=2_000)
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Url
    headers: dict[str, Template] = Field(default_factory=dict, max_length=50)
    query: dict[str, Template] = Field(default_factory=dict, max_length=50)
    body: Any = None
    parameters: JsonSchema = Field(default_factory=lambda: {"type": "object"})
    safe: bool | None = None
    """May be repeated when its outcome is unknown. None: as the method says (GET and PUT may)."""


class McpTool(Value):
    """A tool of an MCP server: by HTTP at `url`, or by stdio from the operator's list, as `server`."""

    type: Literal["mcp"]
    description: str = Field("", max_length=2_000)
    url: Url | None = None
    server: str | None = Field(None, max_length=80)
    tool: str = Field(min_length=1, max_length=200)
    headers: dict[str, Template] = Field(default_factory=dict, max_length=50)
    parameters: JsonSchema = Field(default_factory=lambda: {"type": "object"})
    safe: bool = False


class BuiltinTool(Value):
    """One of the platform's own: pure, safe to repeat."""

    type: Literal["builtin"]
    description: str = Field("", max_length=2_000)
    name: Literal["now", "json_parse", "text_split", "echo"]
    parameters: JsonSchema = Field(default_factory=lambda: {"type": "object"})

    @property
    def safe(self) -> bool:
        return True


ToolDefinition = Annotated[HttpTool | McpTool | BuiltinTool, Field(discriminator="type")]


class ToolPin(Value):
    """Which version of a tool a run uses, for ever."""

    name: str
    hash: str
