from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Source
from schemas.authoring.tools import ToolDefinition


@dataclass(frozen=True, slots=True)
class AuthoringFacts:
    """What a definition may refer to, of its tenant: only what it names is looked up.

    `known_models`: those that have a rate. `agents`: their newest versions. `workflows`: what was published
    of each, version 1 first.
    """

    known_models: frozenset[str]
    tools: Mapping[str, ToolDefinition] = field(default_factory=dict)
    agents: Mapping[UUID, AgentDefinition] = field(default_factory=dict)
    workflows: Mapping[UUID, Sequence[Source]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """For SetTool: the secrets its templates name and the tenant has."""

    known_secrets: frozenset[str]
