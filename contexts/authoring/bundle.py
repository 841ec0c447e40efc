"""Workflows as files: put together from the releases of a workflow and of all it runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contexts.authoring.tool_checks import named_secrets
from schemas.authoring.bundle import BundledAgent, BundledWorkflow, WorkflowBundle
from schemas.authoring.definition import Release
from schemas.envelope import Problem


@dataclass(frozen=True)
class Carried:
    """A workflow that goes into a bundle."""

    id: UUID
    name: str
    release: Release


def bundle_of(carried: Sequence[Carried], agent_names: Mapping[str, str]) -> WorkflowBundle:
    """Of workflows that agree (see `disagreements`): what is run before what runs it, so the last is it."""
    tools = {name: tool for one in carried for name, tool in one.release.tools.items()}
    agents = {id_: agent for one in carried for id_, agent in one.release.agents.items()}
    *subworkflows, workflow = (
        BundledWorkflow(id=one.id, name=one.name, definition=one.release.definition) for one in carried
    )
    return WorkflowBundle(
        workflow=workflow,
        subworkflows=tuple(subworkflows),
        agents=tuple(
            BundledAgent(id=UUID(id_), name=agent_names[id_], definition=agent)
            for id_, agent in sorted(agents.items())
        ),
        tools=dict(sorted(tools.items())),
        secrets=tuple(sorted({secret for tool in tools.values() for secret in named_secrets(tool)})),
    )


def disagreements(carried: Sequence[Carried]) -> list[Problem]:
    """A tenant has one tool of a name, and what was published over time may be pinned to several."""
    return [
        *differing("tool", [(one.name, one.release.tools) for one in carried]),
        *differing("agent", [(one.name, one.release.agents) for one in carried]),
    ]


def differing(kind: str, pinned: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[Problem]:
    first: dict[str, Any] = {}
    for workflow, definitions in pinned:
        for name, definition in definitions.items():
            if first.setdefault(name, definition) != definition:
                message = f"{workflow!r} was published with another {kind} {name!r} than the rest"
                yield Problem(code=f"bundle.{kind}s_differ", message=message, path=f"{kind}s.{name}")
