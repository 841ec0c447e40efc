from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import WorkflowDefinition
from schemas.authoring.parts import SecretName, ToolName
from schemas.authoring.tools import ToolDefinition
from schemas.authoring.triggers import Occurrence, RunEnd, TriggerDefinition, TriggerKind
from schemas.base import Command, TenantId
from schemas.envelope import Problem
from schemas.tenancy.types import Name


class CreateAgent(Command, type_name="authoring.agent.create", stream="agent-{0.agent_id}"):
    agent_id: UUID
    name: Name
    definition: AgentDefinition


class ReviseAgent(Command, type_name="authoring.agent.revise", stream="agent-{0.agent_id}"):
    """The next version. Runs stay with the one they began with."""

    agent_id: UUID
    name: Name
    definition: AgentDefinition


class CreateWorkflow(Command, type_name="authoring.workflow.create", stream="workflow-{0.workflow_id}"):
    """With `dry_run` nothing is created; what is wrong with the definition is told all the same."""

    workflow_id: UUID
    name: Name
    definition: WorkflowDefinition
    dry_run: bool = False


class ReviseWorkflow(Command, type_name="authoring.workflow.revise", stream="workflow-{0.workflow_id}"):
    workflow_id: UUID
    definition: WorkflowDefinition


class PublishWorkflow(Command, type_name="authoring.workflow.publish", stream="workflow-{0.workflow_id}"):
    workflow_id: UUID


class CreateTrigger(Command, type_name="authoring.trigger.create", stream="trigger-{0.trigger_id}"):
    """Starts runs of the workflow's published `version`, or of the newest one at the time."""

    trigger_id: UUID
    name: Name
    workflow_id: UUID
    version: int | None = Field(None, ge=1)
    definition: TriggerDefinition
    enabled: bool = True


class ReviseTrigger(Command, type_name="authoring.trigger.revise", stream="trigger-{0.trigger_id}"):
    trigger_id: UUID
    name: Name
    workflow_id: UUID
    version: int | None = Field(None, ge=1)
    definition: TriggerDefinition


class EnableTrigger(Command, type_name="authoring.trigger.enable", stream="trigger-{0.trigger_id}"):
    trigger_id: UUID


class DisableTrigger(Command, type_name="authoring.trigger.disable", stream="trigger-{0.trigger_id}"):
    trigger_id: UUID


class FireTrigger(Command, type_name="authoring.trigger.fire", stream="trigger-{0.trigger_id}", anew=True):
    """What a trigger waits for has happened. `kind`: what it was when this was sent."""

    trigger_id: UUID
    kind: TriggerKind
    occurrence: Occurrence
    payload: Any = None
    at: datetime


class ReplayDelivery(Command, type_name="authoring.trigger.replay", stream="trigger-{0.trigger_id}"):
    """`occurrence` once more, with what it brought then and the trigger as it is now."""

    trigger_id: UUID
    occurrence: Occurrence
    replay_id: UUID
    payload: Any = None
    at: datetime

    @property
    def replayed(self) -> str:
        """The new occurrence. A replay of a replay is one of the first."""
        return f"{self.occurrence.partition('~')[0]}~{self.replay_id}"


class RefuseDelivery(Command, type_name="authoring.trigger.refuse_delivery", stream="trigger-{0.trigger_id}"):
    """No run came of `occurrence`: its start was refused where nobody noted it, or never decided."""

    trigger_id: UUID
    occurrence: Occurrence
    problem: Problem


class FollowWorkflow(Command, type_name="authoring.workflow.follow", stream="workflow-{0.workflow_id}"):
    """A trigger waits for the ends of this workflow's runs. `mark` grows with the trigger's changes, so
    that of two orders the later one counts, whichever comes first.
    """

    workflow_id: UUID
    trigger_id: UUID
    on: RunEnd
    mark: int


class UnfollowWorkflow(Command, type_name="authoring.workflow.unfollow", stream="workflow-{0.workflow_id}"):
    workflow_id: UUID
    trigger_id: UUID
    mark: int


class RollbackWorkflow(Command, type_name="authoring.workflow.roll_back", stream="workflow-{0.workflow_id}"):
    """Publishes again what version `number` was, and makes it the draft."""

    workflow_id: UUID
    number: int = Field(ge=1)


class DeprecateWorkflow(Command, type_name="authoring.workflow.deprecate", stream="workflow-{0.workflow_id}"):
    """Nobody starts that version any more. Runs and workflows pinned to it go on."""

    workflow_id: UUID
    number: int = Field(ge=1)


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
