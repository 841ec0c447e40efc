from uuid import UUID

from schemas.authoring.definition import AgentDefinition, WorkflowDefinition
from schemas.base import Event


class AgentCreated(Event, type_name="authoring.agent.created"):
    agent_id: UUID
    name: str
    definition: AgentDefinition
    hash: str


class WorkflowCreated(Event, type_name="authoring.workflow.created"):
    workflow_id: UUID
    name: str
    definition: WorkflowDefinition


class WorkflowRevised(Event, type_name="authoring.workflow.revised"):
    workflow_id: UUID
    definition: WorkflowDefinition


class WorkflowPublished(Event, type_name="authoring.workflow.published"):
    """Version `number`, counted from 1, is this definition for ever; `hash` is of its canonical JSON."""

    workflow_id: UUID
    number: int
    hash: str
    definition: WorkflowDefinition
