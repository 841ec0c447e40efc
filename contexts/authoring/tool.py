"""Something agents and workflows may use: an HTTP operation, an MCP server's tool, or one of ours."""

from dataclasses import dataclass, replace

from contexts.authoring.errors import InvalidTool, ToolNotFound
from contexts.authoring.facts import ToolFacts
from contexts.authoring.tool_checks import problems
from contexts.hashes import content_hash
from contexts.kernel import Aggregate, Context
from schemas.authoring.commands import DeprecateTool, SetTool
from schemas.authoring.events import ToolDeprecated, ToolSet
from schemas.authoring.tools import ToolDefinition


@dataclass(frozen=True)
class Tool:
    name: str
    definition: ToolDefinition
    hash: str
    deprecated: bool = False


def set_tool(state: Tool | None, command: SetTool, ctx: Context) -> list[ToolSet]:
    facts: ToolFacts = ctx.facts
    if found := problems(command.definition, facts.known_secrets):
        raise InvalidTool(f"the tool has {len(found)} problem(s)", found)
    event = ToolSet(**dict(command), hash=content_hash(command.definition))
    return [] if state == evolve(None, event) else [event]


def deprecate(state: Tool | None, command: DeprecateTool, ctx: Context) -> list[ToolDeprecated]:
    if state is None:
        raise ToolNotFound(f"there is no tool {command.name}")
    return [] if state.deprecated else [ToolDeprecated(**dict(command))]


def evolve(state: Tool | None, event: ToolSet | ToolDeprecated) -> Tool | None:
    if isinstance(event, ToolSet):
        return Tool(event.name, event.definition, event.hash)
    return replace(state, deprecated=True) if state else None


TOOL = Aggregate("tool", Tool, evolve)
