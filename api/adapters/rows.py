"""What the projections' queries give, as the rows the edge works with."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, TypeAdapter

from api.authoring_rows import (
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
from api.reads import BillLine, LedgerRow, PartnerRow, TenantRow, UserRow
from projections.agents.queries import Agent, AgentVersion
from projections.ledger_entries import rows as ledger
from projections.partners.queries import Partner
from projections.secrets.queries import Secret
from projections.tenants.queries import Tenant
from projections.tools.queries import Tool
from projections.triggers import queries as triggers
from projections.users.queries import Login
from projections.workflows.queries import VersionSummary, Workflow, WorkflowVersion
from schemas.access import Role
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.definition import Release, WorkflowDefinition
from schemas.authoring.tools import ToolDefinition
from schemas.authoring.triggers import CronTrigger, RunTrigger, WebhookSettings
from schemas.base import PLATFORM, PartnerId, TenantId, UserId
from schemas.billing.types import Posting, Pricing
from schemas.envelope import Problem
from schemas.execution.chat import Usage

TRIGGER: TypeAdapter[CronTrigger | WebhookSettings | RunTrigger] = TypeAdapter(
    Annotated[CronTrigger | WebhookSettings | RunTrigger, Field(discriminator="type")]
)
TOOL: TypeAdapter[ToolDefinition] = TypeAdapter(ToolDefinition)


def user(row: Login) -> UserRow:
    return UserRow(
        id=UserId(row.id),
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        role=Role(row.role),
        partner_id=PartnerId(row.partner_id) if row.partner_id else None,
        tenant_id=TenantId(row.tenant_id) if row.tenant_id != PLATFORM else None,
    )


def partner(row: Partner) -> PartnerRow:
    return PartnerRow(PartnerId(row.id), row.name, row.markup_percent, row.commission_percent, row.created_at)


def tenant(row: Tenant) -> TenantRow:
    return TenantRow(
        id=TenantId(row.id),
        partner_id=PartnerId(row.partner_id),
        name=row.name,
        subdomain=row.subdomain,
        status=row.status,  # type: ignore[arg-type]
        monthly_budget=row.monthly_budget,
        created_at=row.created_at,
        max_runs=row.max_runs,
    )


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


def entry(row: ledger.LedgerEntry) -> LedgerRow:
    return LedgerRow(
        ref=f"{row.stream}@{row.version}",
        position=row.position,
        kind=row.kind,  # type: ignore[arg-type]
        tenant_id=TenantId(row.tenant_id),
        recorded_at=row.recorded_at,
        execution_id=row.job_id,
        node=row.node,
        attempt=row.attempt,
        model=row.model,
        usage=usage(row),
        price=row.price_usd,
        commission=row.commission_usd,
        cost=row.cost_usd,
        degraded=row.degraded,
        pricing=Pricing.model_validate(row.pricing) if row.pricing else None,
        postings=tuple(Posting.model_validate(posting) for posting in row.postings),
    )


def usage(row: ledger.LedgerEntry) -> Usage:
    return Usage(
        input=row.tokens_input,
        output=row.tokens_output,
        cache_read=row.tokens_cache_read,
        cache_write=row.tokens_cache_write,
        reasoning=row.tokens_reasoning,
        estimated=row.degraded,
    )


def line(row: ledger.BillLine) -> BillLine:
    return BillLine(row.model, row.calls, row.tokens, row.price_usd, row.commission_usd, row.cost_usd)


def key_of(row: Agent | Workflow | triggers.Trigger | triggers.Delivery) -> tuple[Any, UUID]:
    return row.created_at, row.id


def key_of_entry(row: ledger.LedgerEntry) -> tuple[Any, UUID]:
    return row.recorded_at, row.id
