"""Who is in the story: one partner, three tenants, and what they have made."""

import base64
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from uuid import UUID

from api.people import People
from schemas.access import Role
from schemas.base import PartnerId, TenantId, UserId
from schemas.billing.issuers import Branding, Logo
from schemas.billing.taxes import TaxProfile
from schemas.envelope import Actor
from schemas.identity.types import Person

LARGE, SMALL = "anthropic/claude-opus", "openai/gpt-mini"
MARKUP, COMMISSION = Decimal(40), Decimal(25)
PARTNER = "Nordlicht Automation"
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 40"><g fill="none" stroke-width="5" '
    'stroke-linecap="round"><path d="M4 34 14 8" stroke="#0f766e"/><path d="M19 34 29 8" '
    'stroke="#14b8a6"/><path d="M34 34 44 8" stroke="#7dd3c8"/></g></svg>'
)
BRANDING = Branding(
    name="Nordlicht Automation GmbH",
    address=("Speicherstraße 12", "20457 Hamburg"),
    country="DE",
    tax_ids=("VAT ID DE123456789", "HRB 44512 Hamburg"),
    colour="#0f766e",
    logo=Logo(media_type="image/svg+xml", data=base64.b64encode(MARK.encode()).decode()),
    payment_days=14,
    payment_details="IBAN DE02 1203 0000 0000 2020 51. Please quote the invoice number.",
    footer="Nordlicht Automation GmbH · Managing director: Ada Nordlicht",
)
ADMIN = Actor(kind="user", id="app-admin", role=Role.PLATFORM_ADMIN)
WORKER = Actor(kind="system", id="effects-execution")
"""Who says what a provider answered."""


@dataclass(frozen=True)
class Made:
    """An agent or workflow, and the model it asks."""

    id: UUID
    kind: str
    name: str
    model: str


@dataclass(frozen=True)
class Tenant:
    id: TenantId
    name: str
    subdomain: str
    profile: TaxProfile
    pays: str
    owner: Actor
    agent: Made
    workflow: Made


@dataclass(frozen=True)
class Cast:
    """`card` pays with a card, `transfer` by bank, `credit` in advance."""

    partner_id: PartnerId
    partner: Actor
    card: Tenant
    transfer: Tenant
    credit: Tenant

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        return self.card, self.transfer, self.credit


def some_id(dice: Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)


def cast_of(dice: Random) -> Cast:
    partner_id = PartnerId(some_id(dice))
    partner = Actor(kind="user", id="partner-admin", role=Role.PARTNER_ADMIN, partner_id=partner_id)

    def tenant(subdomain: str, profile: TaxProfile, pays: str, agent: str, workflow: str) -> Tenant:
        id_ = TenantId(some_id(dice))
        owner = Actor(kind="user", id=subdomain, role=Role.TENANT_OWNER, tenant_id=id_, partner_id=partner_id)
        made = (Made(some_id(dice), "agent", agent, LARGE), Made(some_id(dice), "workflow", workflow, SMALL))
        return Tenant(id_, profile.name, subdomain, profile, pays, owner, *made)

    return Cast(
        partner_id,
        partner,
        tenant("kranich", KRANICH, "by card, 19 % VAT", "Freight desk", "Customs papers"),
        tenant("alpenpost", ALPENPOST, "by transfer, reverse charge", "Customer letters", "Sort the mail"),
        tenant("gletscher", GLETSCHER, "in advance, no tax", "Questions to the ice", "Core reports"),
    )


KRANICH = TaxProfile(name="Kranich Logistik GmbH", address=("Am Wall 7", "28195 Bremen"), country="DE")
ALPENPOST = TaxProfile(
    name="Alpenpost AG", address=("Postgasse 8", "1010 Wien"), country="AT", vat_id="ATU12345678"
)
GLETSCHER = TaxProfile(name="Gletscher Daten SA", address=("Rue du Lac 3", "1003 Lausanne"), country="CH")


async def owner_of(dice: Random, people: People, name: str, subdomain: str) -> Person:
    """Nobody of the story logs in."""
    return await people.person(UserId(some_id(dice)), f"owner@{subdomain}.example", name)
