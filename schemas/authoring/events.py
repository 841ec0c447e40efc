from uuid import UUID

from pydantic import Field

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.parts import SecretName, ToolName
from schemas.authoring.tools import ToolDefinition
from schemas.base import Event, TenantId


class AgentCreated(Event, type_name="authoring.agent.created", type_version=2):
    """Version 1 of the agent, with the tools it uses as they are now."""

    agent_id: UUID
    name: str
    definition: AgentDefinition
    hash: str
    tools: dict[str, ToolDefinition] = Field(default_factory=dict)


class AgentRevised(Event, type_name="authoring.agent.revised"):
    agent_id: UUID
    number: int
    name: str
    definition: AgentDefinition
    hash: str
    tools: dict[str, ToolDefinition] = Field(default_factory=dict)


class WorkflowCreated(Event, type_name="authoring.workflow.created", type_version=2):
    workflow_id: UUID
    name: str
    definition: WorkflowDefinition


class WorkflowRevised(Event, type_name="authoring.workflow.revised", type_version=2):
    workflow_id: UUID
    definition: WorkflowDefinition


class WorkflowPublished(Event, type_name="authoring.workflow.published", type_version=2):
    """Version `number`, counted from 1, is this release for ever; `hash` is of its canonical JSON."""

    workflow_id: UUID
    number: int
    hash: str
    release: Release


class ToolSet(Event, type_name="authoring.tool.set"):
    """From now on the tool is this; `hash` is of the definition's canonical JSON."""

    tenant_id: TenantId
    name: ToolName
    definition: ToolDefinition
    hash: str


class ToolDeprecated(Event, type_name="authoring.tool.deprecated"):
    tenant_id: TenantId
    name: ToolName


class SecretSet(Event, type_name="authoring.secret.set"):
    """The value is in `ciphertext`, which only the worker that uses it can open."""

    tenant_id: TenantId
    name: SecretName
    ciphertext: str
    fingerprint: str


class SecretRemoved(Event, type_name="authoring.secret.removed"):
    tenant_id: TenantId
    name: SecretName
