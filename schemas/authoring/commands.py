from uuid import UUID

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import WorkflowDefinition
from schemas.base import Command
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
