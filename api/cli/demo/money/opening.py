"""The first of August: rates, a partner with its letterhead, three tenants and what they make."""

from datetime import UTC, datetime
from decimal import Decimal

from api.cli.demo.money.outside import CARD
from api.cli.demo.money.people import (
    ADMIN,
    BRANDING,
    COMMISSION,
    LARGE,
    MARKUP,
    PARTNER,
    SMALL,
    Tenant,
    owner_of,
)
from api.cli.demo.money.people import some_id as new_id
from api.cli.demo.money.stage import Stage
from schemas.authoring.agents import AgentDefinition
from schemas.authoring.commands import CreateAgent, CreateWorkflow, PublishWorkflow
from schemas.authoring.definition import WorkflowDefinition
from schemas.base import Command
from schemas.billing.commands import SetSystemRate
from schemas.billing.issuers import SetIssuer
from schemas.billing.payment_accounts import SetPaymentMethod
from schemas.billing.taxes import SetTaxProfile, SetTaxRate
from schemas.billing.types import TokenRates
from schemas.billing.wallets import SetPaymentMode, TopUpWallet
from schemas.tenancy.commands import CreatePartner, ProvisionTenant
from schemas.tenancy.types import PartnerTerms

TOP_UP, EXPIRES = Decimal(30), datetime(2026, 9, 20, 12, tzinfo=UTC)
RATES = {
    LARGE: TokenRates(input=Decimal(15), output=Decimal(75), cache_read=Decimal("1.5")),
    SMALL: TokenRates(input=Decimal("0.4"), output=Decimal("1.6"), cache_read=Decimal("0.1")),
}


async def open_for_business(stage: Stage) -> None:
    cast = stage.cast
    stage.voice.section("A partner, its letterhead, three tenants")
    for model, rates in RATES.items():
        await stage.done(SetSystemRate(model=model, rates=rates), by=ADMIN)
    await stage.done(SetTaxRate(jurisdiction="DE", name="VAT", percent=Decimal(19)), by=ADMIN)
    terms = PartnerTerms(markup_percent=MARKUP, commission_percent=COMMISSION)
    boss = await owner_of(stage.dice, stage.people, "Ada Nordlicht", "nordlicht")
    await stage.done(
        CreatePartner(partner_id=cast.partner_id, name=PARTNER, terms=terms, admin=boss), by=ADMIN
    )
    await stage.done(SetIssuer(partner_id=cast.partner_id, prefix="NL", branding=BRANDING), by=cast.partner)
    stage.voice.say(f"{PARTNER} adds {MARKUP} % to the cost and keeps {COMMISSION} % of the price.")
    for tenant in cast.tenants:
        await move_in(stage, tenant)
        stage.voice.say(f"[name]{tenant.name}[/] pays {tenant.pays}, and runs {made_by(tenant)}.")
    await pay_in_their_ways(stage)


async def move_in(stage: Stage, tenant: Tenant) -> None:
    provision = ProvisionTenant(
        tenant_id=tenant.id,
        partner_id=stage.cast.partner_id,
        name=tenant.name,
        subdomain=tenant.subdomain,
        monthly_budget=None,
        owner=await owner_of(stage.dice, stage.people, tenant.name, tenant.subdomain),
    )
    await stage.done(provision, by=stage.cast.partner)
    await stage.done(SetTaxProfile(tenant_id=tenant.id, profile=tenant.profile), by=stage.cast.partner)
    for command in (create_agent(tenant), *create_workflow(tenant)):
        await stage.done(command, by=tenant.owner)


def create_agent(tenant: Tenant) -> CreateAgent:
    made = tenant.agent
    definition = AgentDefinition(model=made.model, instructions="Answer in full.", max_output_tokens=6_000)
    return CreateAgent(agent_id=made.id, name=made.name, definition=definition)


def create_workflow(tenant: Tenant) -> tuple[Command, ...]:
    made = tenant.workflow
    node = {
        "type": "llm",
        "id": "answer",
        "model": made.model,
        "prompt": "{{ inputs.message }}",
        "max_output_tokens": 16_000,
        "retry": {"max_attempts": 1},
    }
    definition = WorkflowDefinition.model_validate(
        {"inputs": {"message": {"type": "string"}}, "nodes": [node], "output": "{{ steps.answer.output }}"}
    )
    create = CreateWorkflow(workflow_id=made.id, name=made.name, definition=definition)
    return create, PublishWorkflow(workflow_id=made.id)


def made_by(tenant: Tenant) -> str:
    return f"“{tenant.agent.name}”, “{tenant.workflow.name}”"


async def pay_in_their_ways(stage: Stage) -> None:
    card, credit = stage.cast.card, stage.cast.credit
    await stage.done(SetPaymentMethod(tenant_id=card.id, provider="stripe", method=CARD), by=card.owner)
    await stage.done(SetPaymentMode(tenant_id=credit.id, mode="prepaid"), by=ADMIN)
    top_up = TopUpWallet(tenant_id=credit.id, top_up_id=new_id(stage.dice), amount=TOP_UP, expires_at=EXPIRES)
    await stage.done(top_up, by=ADMIN)
    stage.voice.say(f"{credit.name} tops up ${TOP_UP}, good until {EXPIRES:%d %B}.")
