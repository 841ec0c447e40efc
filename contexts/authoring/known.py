"""Does what a definition names exist: models, tools, agents, workflows?"""

from collections.abc import Iterator
from uuid import UUID

from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.levels import Level
from schemas.authoring import nodes as n
from schemas.authoring.agents import AgentDefinition
from schemas.envelope import Problem

USABLE = {"tool": " that is not deprecated", "workflow": " that is published and not deprecated"}
Named = tuple[str, str, str]
"""Kind, field, name."""


def unknown_problems(level: Level, facts: AuthoringFacts) -> Iterator[Problem]:
    for index, node in enumerate(level.graph.nodes):
        for kind, field, name in named(node):
            if not is_known(kind, name, facts):
                message = f"there is no {kind} {name!r}{USABLE.get(kind, '')}"
                path = f"{level.path}nodes.{index}.{field}"
                yield Problem(code=f"authoring.unknown_{kind}", message=message, path=path, node=node.id)


def named(node: n.Node) -> Iterator[Named]:
    match node:
        case n.LlmNode():
            yield "model", "model", node.model
            yield from fallbacks("", node.fallback_models)
        case n.AgentNode():
            if node.agent:
                yield "agent", "agent", str(node.agent)
            if node.definition:
                yield from named_by_agent(node.definition, "definition.")
        case n.ToolNode():
            yield "tool", "tool", node.tool
        case n.SubworkflowNode():
            version = "" if node.version is None else f"@{node.version}"
            yield "workflow", "workflow_id", f"{node.workflow_id}{version}"


def named_by_agent(agent: AgentDefinition, path: str = "") -> Iterator[Named]:
    yield "model", f"{path}model", agent.model
    yield from fallbacks(path, agent.fallback_models)
    for index, use in enumerate(agent.tools):
        yield "tool", f"{path}tools.{index}.tool", use.tool


def fallbacks(path: str, models: tuple[str, ...]) -> Iterator[Named]:
    for index, model in enumerate(models):
        yield "model", f"{path}fallback_models.{index}", model


def is_known(kind: str, name: str, facts: AuthoringFacts) -> bool:
    match kind:
        case "model":
            return name in facts.known_models
        case "tool":
            return name in facts.tools
        case "agent":
            return UUID(name) in facts.agents
    id_, _, version = name.partition("@")
    usable = facts.workflows.get(UUID(id_), {})
    return bool(usable) if not version else int(version) in usable
