from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.parts import SecretName, ToolName
from schemas.authoring.tools import ToolDefinition
from schemas.authoring.triggers import Follow, RunEnd, TriggerDefinition
from schemas.base import Claim, Event, TenantId
from schemas.envelope import Problem


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
    """Version `number`, counted from 1, is this release for ever; `hash` is of its canonical JSON.

    `rolled_back_to`: the earlier version it repeats; that one's definition is the draft again.
    """

    workflow_id: UUID
    number: int
    hash: str
    release: Release
    rolled_back_to: int | None = None


class WorkflowDeprecated(Event, type_name="authoring.workflow.deprecated"):
    """No run of that version begins any more, except as part of another."""

    workflow_id: UUID
    number: int


class TriggerCreated(Event, type_name="authoring.trigger.created"):
    """`version` None: the newest at the time; `hash` is of the version it is bound to."""

    trigger_id: UUID
    name: str
    workflow_id: UUID
    version: int | None
    hash: str | None
    definition: TriggerDefinition
    enabled: bool


class TriggerRevised(Event, type_name="authoring.trigger.revised"):
    """`left`: the workflow it followed before, if it follows it no more."""

    trigger_id: UUID
    name: str
    workflow_id: UUID
    version: int | None
    hash: str | None
    definition: TriggerDefinition
    enabled: bool
    left: UUID | None


class TriggerEnabled(Event, type_name="authoring.trigger.enabled"):
    trigger_id: UUID
    follows: Follow | None


class TriggerDisabled(Event, type_name="authoring.trigger.disabled"):
    trigger_id: UUID
    follows: Follow | None


class TickPlanned(Event, type_name="authoring.trigger.tick_planned"):
    """The next tick is at `at`; none before it counts any more."""

    trigger_id: UUID
    at: datetime


class TicksSkipped(Event, type_name="authoring.trigger.ticks_skipped"):
    """These passed and nothing is started for them. `count` is not counted beyond 1,000."""

    trigger_id: UUID
    first: datetime
    last: datetime
    count: int


class TriggerFired(Event, type_name="authoring.trigger.fired", payloads=("inputs", "payload")):
    """A run is to be started. `payload` is what the occurrence brought, for replays."""

    trigger_id: UUID
    kind: str
    occurrence: str
    at: datetime
    execution_id: UUID
    workflow_id: UUID
    version: int | None
    inputs: dict[str, Any]
    payload: Any
    depth: int

    def claims(self) -> tuple[Claim, ...]:
        return (delivery_claim(self.trigger_id, self.occurrence, self.at),)


class TriggerMisfired(Event, type_name="authoring.trigger.misfired", payloads=("payload",)):
    """No run can be started for this occurrence. It can be replayed once the trigger is put right."""

    trigger_id: UUID
    kind: str
    occurrence: str
    at: datetime
    execution_id: UUID
    payload: Any
    problem: Problem

    def claims(self) -> tuple[Claim, ...]:
        return (delivery_claim(self.trigger_id, self.occurrence, self.at),)


class DeliveryRefused(Event, type_name="authoring.trigger.delivery_refused"):
    """The trigger fired, and no run came of it. It can be replayed."""

    trigger_id: UUID
    occurrence: str
    problem: Problem


def delivery_claim(trigger_id: UUID, occurrence: str, at: datetime) -> Claim:
    """The owner is this one coming of it: the same again, at another time, is refused."""
    return Claim("delivery", f"{trigger_id}:{occurrence}", f"trigger-{trigger_id}@{at.isoformat()}")


class WorkflowFollowed(Event, type_name="authoring.workflow.followed"):
    workflow_id: UUID
    trigger_id: UUID
    on: RunEnd
    mark: int


class WorkflowUnfollowed(Event, type_name="authoring.workflow.unfollowed"):
    workflow_id: UUID
    trigger_id: UUID
    mark: int


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
