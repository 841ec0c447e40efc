from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Source
from schemas.authoring.parts import InputSpec
from schemas.authoring.tools import ToolDefinition


@dataclass(frozen=True, slots=True)
class AuthoringFacts:
    """What a definition may refer to, of its tenant: only what it names is looked up.

    `known_models`: those that have a rate. `tools`: not the deprecated ones. `agents`: their newest versions,
    and in `agent_tools` what these are pinned to. `workflows`: the published versions of each by number, not
    the deprecated ones. `own`: the workflow the definition is of.
    """

    known_models: frozenset[str]
    tools: Mapping[str, ToolDefinition] = field(default_factory=dict)
    agents: Mapping[UUID, AgentDefinition] = field(default_factory=dict)
    workflows: Mapping[UUID, Mapping[int, Source]] = field(default_factory=dict)
    agent_tools: Mapping[UUID, Mapping[str, ToolDefinition]] = field(default_factory=dict)
    own: UUID | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The published version a trigger would start."""

    hash: str
    inputs: Mapping[str, InputSpec]


@dataclass(frozen=True, slots=True)
class TriggerFacts:
    """For CreateTrigger and ReviseTrigger. `found` without `target`: that version was never published.

    `followers`: how many triggers wait for the runs it wants to wait for; None: there is no such workflow.
    """

    found: bool
    target: Target | None
    followers: int | None


@dataclass(frozen=True, slots=True)
class FiringFacts:
    """For FireTrigger. `depth`: how many triggers that wait for runs led here, one after the other.

    `closed`: there is no such tenant any more.
    """

    depth: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """For RefuseDelivery: whether the occurrence has a run after all."""

    has_run: bool


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """For SetTool: the secrets its templates name and the tenant has."""

    known_secrets: frozenset[str]
