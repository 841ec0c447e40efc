"""Agents from outside: their instructions are filled in with the values of the workflow that uses them."""

from collections.abc import Iterator

from contexts.authoring.bindings import site_problems, steps_of
from contexts.authoring.facts import AuthoringFacts
from contexts.authoring.levels import Level
from contexts.authoring.sites import Site
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.nodes import AgentNode
from schemas.envelope import Problem


def borrowed_problems(
    level: Level, definition: WorkflowDefinition, all_levels: list[Level], facts: AuthoringFacts
) -> Iterator[Problem]:
    for index, node in enumerate(level.graph.nodes):
        agent = facts.agents.get(node.agent) if isinstance(node, AgentNode) and node.agent else None
        if agent:
            path, bound = f"{level.path}nodes.{index}.agent", level.bound_before(node)
            site = Site(path, node.id, "template", agent.instructions, bound, level.local)
            yield from site_problems(site, definition, steps_of(all_levels))
