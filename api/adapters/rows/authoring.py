"""What the projections' queries give, as the rows the edge works with."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, TypeAdapter

from api.rows.authoring import (
    AgentRow,
    AgentVersionRow,
    DeliveryRow,
    HookRow,
    SecretRow,
    ToolRow,
    TriggerRow,
    VersionRow,
    WorkflowRow,
)
from projections.agents.queries import Agent, AgentVersion
from projections.secrets.queries import Secret
from projections.tools.queries import Tool
from projections.triggers import queries as triggers
from projections.workflows.queries import VersionSummary, Workflow, WorkflowVersion
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from schemas.authoring.triggers import CronTrigger, RunTrigger, WebhookSettings
from schemas.base import PartnerId, TenantId
from schemas.envelope import Problem

TRIGGER: TypeAdapter[CronTrigger | WebhookSettings | RunTrigger] = TypeAdapter(
    Annotated[CronTrigger | WebhookSettings | RunTrigger, Field(discriminator="type")]
)
TOOL: TypeAdapter[ToolDefinition] = TypeAdapter(ToolDefinition)


def agent(row: Agent) -> AgentRow:
    definition = AgentDefinition.model_validate(row.definition)
    return AgentRow(row.id, row.name, definition, row.version, row.hash, row.created_at)


def agent_version(row: AgentVersion) -> AgentVersionRow:
    definition = AgentDefinition.model_validate(row.definition)
    return AgentVersionRow(row.number, row.name, definition, row.hash, row.created_at)


def workflow(row: Workflow) -> WorkflowRow:
    return WorkflowRow(
        id=row.id,
        name=row.name,
        definition=WorkflowDefinition.model_validate(row.definition),
        version=row.published,
        hash=row.hash,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def trigger(row: triggers.Trigger) -> TriggerRow:
    return TriggerRow(
        id=row.id,
        name=row.name,
        workflow_id=row.workflow_id,
        version=row.version,
        hash=row.hash,
        definition=TRIGGER.validate_python(row.definition),
        enabled=row.enabled,
        next_tick=row.next_tick,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def delivery(row: triggers.Delivery) -> DeliveryRow:
    return DeliveryRow(
        id=row.id,
        occurrence=row.occurrence,
        status=row.status,  # type: ignore[arg-type]
        at=row.at,
        until=row.until,
        ticks=row.ticks,
        problem=Problem.model_validate(row.problem) if row.problem else None,
        event_position=row.event_position,
        created_at=row.created_at,
    )


def hook(row: triggers.Hook) -> HookRow:
    return HookRow(
        id=row.id,
        tenant_id=TenantId(row.tenant_id),
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        enabled=row.enabled,
        settings=WebhookSettings.model_validate(row.definition),
        secret_ciphertext=row.secret_ciphertext,
    )


def version_summary(row: VersionSummary) -> VersionRow:
    return VersionRow(row.number, row.hash, row.deprecated, row.rolled_back_to, row.published_at)


def version(row: WorkflowVersion) -> VersionRow:
    return replace(version_summary(row), release=Release.model_validate(row.release))


def tool(row: Tool) -> ToolRow:
    definition = TOOL.validate_python(row.definition)
    return ToolRow(row.name, definition, row.hash, row.deprecated, row.created_at, row.updated_at)


def secret(row: Secret) -> SecretRow:
    return SecretRow(row.name, row.fingerprint, row.created_at, row.updated_at)


def key_of(row: Agent | Workflow | triggers.Trigger | triggers.Delivery) -> tuple[Any, UUID]:
    return row.created_at, row.id
