"""A workflow as a file: it, all it runs and uses, to be taken to another tenant. Secrets by name only."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import SecretName, ToolName
from schemas.authoring.tools import ToolDefinition
from schemas.base import Value
from schemas.tenancy.types import Name

MAX_SUBWORKFLOWS = 100
OnConflict = Literal["refuse", "replace", "keep"]
"""What becomes of a tenant's own tools, agents and workflows that differ from a bundle's."""


class BundledAgent(Value):
    id: UUID
    name: Name
    definition: AgentDefinition


class BundledWorkflow(Value):
    id: UUID
    name: Name
    definition: WorkflowDefinition


class WorkflowBundle(Value):
    """`secrets` are what the tools need: whoever takes the bundle sets them first.

    `subworkflows` are in an order in which each comes before what runs it.
    """

    schema_version: Literal[1] = 1
    workflow: BundledWorkflow
    subworkflows: tuple[BundledWorkflow, ...] = Field((), max_length=MAX_SUBWORKFLOWS)
    agents: tuple[BundledAgent, ...] = Field((), max_length=500)
    tools: dict[ToolName, ToolDefinition] = Field(default_factory=dict, max_length=500)
    secrets: tuple[SecretName, ...] = Field((), max_length=2_500)
