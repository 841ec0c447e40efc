"""What the edge shows of what a tenant wrote: agents, workflows, their versions, triggers, tools, secrets."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from schemas.authoring.triggers import CronTrigger, RunTrigger, WebhookSettings
from schemas.base import PartnerId, TenantId
from schemas.envelope import Problem


@dataclass(frozen=True, slots=True)
class AgentRow:
    id: UUID
    name: str
    definition: AgentDefinition
    version: int
    hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AgentVersionRow:
    number: int
    name: str
    definition: AgentDefinition
    hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """`definition` is the draft; `version` and `hash` are of what was published last."""

    id: UUID
    name: str
    definition: WorkflowDefinition
    version: int | None
    hash: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """`version` and `hash` are None when it starts the newest version."""

    id: UUID
    name: str
    workflow_id: UUID
    version: int | None
    hash: str | None
    definition: CronTrigger | WebhookSettings | RunTrigger
    enabled: bool
    next_tick: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What was published under a number. `release` is absent in lists."""

    number: int
    hash: str
    deprecated: bool
    rolled_back_to: int | None
    published_at: datetime
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class ToolRow:
    name: str
    definition: ToolDefinition
    hash: str
    deprecated: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """What came of one occurrence; `id` is its run's. Skipped ticks, from `at` to `until`, are one row."""

    id: UUID
    occurrence: str
    status: Literal["pending", "queued", "started", "refused", "misfired", "skipped"]
    at: datetime
    until: datetime | None
    ticks: int | None
    problem: Problem | None
    event_position: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HookRow:
    """Whose a webhook is and what its calls are checked with."""

    id: UUID
    tenant_id: TenantId
    partner_id: PartnerId | None
    enabled: bool
    settings: WebhookSettings
    secret_ciphertext: str


@dataclass(frozen=True, slots=True)
class SecretRow:
    name: str
    fingerprint: str
    created_at: datetime
    updated_at: datetime
