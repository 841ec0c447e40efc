from uuid import UUID

from pydantic import Field

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import SecretName, ToolName
from schemas.authoring.tools import ToolDefinition
from schemas.base import Command, TenantId
from schemas.tenancy.types import Name


class CreateAgent(Command, type_name="authoring.agent.create", stream="agent-{0.agent_id}"):
    agent_id: UUID
    name: Name
    definition: AgentDefinition


class CreateWorkflow(Command, type_name="authoring.workflow.create", stream="workflow-{0.workflow_id}"):
    workflow_id: UUID
    name: Name
    definition: WorkflowDefinition


class ReviseWorkflow(Command, type_name="authoring.workflow.revise", stream="workflow-{0.workflow_id}"):
    workflow_id: UUID
    definition: WorkflowDefinition


class PublishWorkflow(Command, type_name="authoring.workflow.publish", stream="workflow-{0.workflow_id}"):
    workflow_id: UUID


class SetTool(Command, type_name="authoring.tool.set", stream="tool-{0.tenant_id}-{0.name}"):
    """Creates a tool or replaces it. Runs of what was published before keep the tool they were pinned to."""

    tenant_id: TenantId
    name: ToolName
    definition: ToolDefinition


class DeprecateTool(Command, type_name="authoring.tool.deprecate", stream="tool-{0.tenant_id}-{0.name}"):
    """Nothing new may refer to it."""

    tenant_id: TenantId
    name: ToolName


class SetSecret(Command, type_name="authoring.secret.set", stream="secret-{0.tenant_id}-{0.name}"):
    """`ciphertext` was made at the edge; `fingerprint` tells two values apart and nothing else."""

    tenant_id: TenantId
    name: SecretName
    ciphertext: str = Field(max_length=40_000)
    fingerprint: str = Field(pattern=r"^[0-9a-f]{8}$")


class RemoveSecret(Command, type_name="authoring.secret.remove", stream="secret-{0.tenant_id}-{0.name}"):
    tenant_id: TenantId
    name: SecretName
