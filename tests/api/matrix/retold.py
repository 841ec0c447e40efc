"""The events that lead to the rows of the edge's world in memory, for those who read what comes of them."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from pydantic_core import from_json

from contexts.billing import rating
from contexts.billing.postings import postings
from schemas.authoring import events as a
from schemas.authoring.triggers import TriggerDefinition, WebhookSettings, WebhookTrigger
from schemas.base import PLATFORM, Event, PartnerId, TenantId
from schemas.billing.events import CallSettled
from schemas.billing.invoices import CreditNoteIssued, InvoiceIssued, InvoiceRequested
from schemas.billing.payments import PaymentRequested
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef
from schemas.identity.events import MembershipGranted, UserRegistered
from schemas.identity.types import Place
from schemas.tenancy.events import PartnerCreated, TenantActivated, TenantProvisioned
from schemas.tenancy.partners import PartnerTenantAdded
from schemas.tenancy.types import PartnerTerms
from tests.api.fake_team_bus import granted
from tests.api.fakes import NOW, FakeReads
from tests.api.world import World
from tests.support.money import pricing


class Told(NamedTuple):
    stream: str
    tenant_id: TenantId
    partner_id: PartnerId | None
    event: Event


def told(world: World) -> Iterator[Told]:
    """What the fake bus recorded comes last: the rest founds it."""
    reads = world.reads
    partners = {row.id: row.partner_id for row in reads.tenant_rows.values()}
    yield from tenancy(reads)
    yield from people(reads)
    theirs = chain(authored(reads), named(reads), billed(reads), to_be_paid(reads), sealed(world))
    for tenant_id, stream, event in theirs:
        yield Told(stream, tenant_id, partners[tenant_id], event)
    for one in reads.log:
        yield Told(one.stream, one.tenant_id, partners.get(one.tenant_id), one.event)


Owned = Iterator[tuple[TenantId, str, Event]]


def tenancy(reads: FakeReads) -> Iterator[Told]:
    for partner in reads.partner_rows.values():
        terms = PartnerTerms(
            markup_percent=partner.markup_percent, commission_percent=partner.commission_percent
        )
        created = PartnerCreated(partner_id=partner.id, name=partner.name, terms=terms, admin=None)
        yield Told(f"partner-{partner.id}", PLATFORM, partner.id, created)
    for row in reads.tenant_rows.values():
        id_, partner_id = row.id, row.partner_id
        provisioned = TenantProvisioned(
            tenant_id=id_,
            partner_id=partner_id,
            name=row.name,
            subdomain=row.subdomain,
            monthly_budget=row.monthly_budget,
            owner=None,
        )
        added = PartnerTenantAdded(partner_id=partner_id, tenant_id=id_)
        yield Told(f"partner-{partner_id}", PLATFORM, partner_id, added)
        yield Told(f"tenant-{id_}", id_, partner_id, provisioned)
        yield Told(f"tenant-{id_}", id_, partner_id, TenantActivated(tenant_id=id_))


def people(reads: FakeReads) -> Iterator[Told]:
    for user in reads.users:
        who = {"email": user.email, "email_index": user.email_index, "name": user.name}
        registered = UserRegistered(user_id=user.id, verified=user.verified, **who)
        yield Told(f"user-{user.id}", PLATFORM, None, registered)
    for row in reads.member_rows:
        place = Place(tenant_id=row.tenant_id, partner_id=row.partner_id)
        event: MembershipGranted = granted(reads, place, row)
        yield Told(f"team-{place.id}", row.tenant_id or PLATFORM, row.partner_id, event)


def authored(reads: FakeReads) -> Owned:
    for tenant_id, agent in reads.agents_of:
        made = {"name": agent.name, "definition": agent.definition, "hash": agent.hash}
        yield tenant_id, f"agent-{agent.id}", a.AgentCreated(agent_id=agent.id, **made)
    for tenant_id, flow in reads.workflows_of:
        drafted = a.WorkflowCreated(workflow_id=flow.id, name=flow.name, definition=flow.definition)
        yield tenant_id, f"workflow-{flow.id}", drafted
    for tenant_id, row in reads.triggers_of:
        set_up = a.TriggerCreated(
            trigger_id=row.id,
            name=row.name,
            workflow_id=row.workflow_id,
            version=row.version,
            hash=row.hash,
            definition=with_secret(reads, row.id, row.definition),
            enabled=row.enabled,
        )
        yield tenant_id, f"trigger-{row.id}", set_up


def with_secret(
    reads: FakeReads, id_: UUID, definition: WebhookSettings | TriggerDefinition
) -> TriggerDefinition:
    if not isinstance(definition, WebhookSettings):
        return definition
    return WebhookTrigger(**definition.model_dump(), secret_ciphertext=reads.hooks[id_].secret_ciphertext)


def named(reads: FakeReads) -> Owned:
    for (owner, name), tool in reads.tools_of.items():
        tenant_id = TenantId(owner)
        set_ = a.ToolSet(tenant_id=tenant_id, name=name, definition=tool.definition, hash=tool.hash)
        yield tenant_id, f"tool-{owner}-{name}", set_
    for (owner, name), secret in reads.secrets_of.items():
        tenant_id = TenantId(owner)
        kept = {"ciphertext": "x", "fingerprint": secret.fingerprint}
        yield tenant_id, f"secret-{owner}-{name}", a.SecretSet(tenant_id=tenant_id, name=name, **kept)


def billed(reads: FakeReads) -> Owned:
    for row in reads.invoices_of.values():
        assert row.face and row.document_hash
        whose = {"tenant_id": row.tenant_id, "partner_id": row.face.partner_id}
        asked = InvoiceRequested(invoice_id=row.id, **whose, period=row.period, price=row.price)
        yield row.tenant_id, f"invoice-{row.id}", asked
        issued = InvoiceIssued(**dict(row.face), document_hash=row.document_hash)
        yield row.tenant_id, f"invoice-{row.id}", issued
    for note in reads.notes_of.values():
        noted = CreditNoteIssued(**dict(note.face), document_hash=note.document_hash or "")
        yield note.tenant_id, f"invoice-{note.invoice_id}", noted


def to_be_paid(reads: FakeReads) -> Owned:
    for row in reads.payments_of:
        tenant_id = TenantId(row.tenant_id)
        requested = PaymentRequested(
            tenant_id=tenant_id,
            partner_id=row.partner_id,
            invoice_id=row.id,
            number=row.number,
            amount=row.amount_usd,
            currency=row.currency,
            due_at=row.due_at,
        )
        yield tenant_id, f"payment-{row.id}", requested


def sealed(world: World) -> Owned:
    """Each entry in memory is a settled call, of a model with the name it was given."""
    usage, prices = Usage(input=31, output=12), pricing()
    charge = rating.charge(usage, prices)
    for owner, call_key, _, data in world.audit.entries:
        run, node, attempt = call_key.split(":")
        ref = CallRef(execution_id=UUID(run), node=node, attempt=int(attempt), requested_at=NOW)
        tenant_id, model = TenantId(owner), from_json(data)["model"]
        partner_id = world.reads.tenant_rows[tenant_id].partner_id
        settled = CallSettled(
            tenant_id=tenant_id,
            partner_id=partner_id,
            call=ref,
            model=model,
            usage=usage,
            pricing=prices,
            cost=charge.cost,
            price=charge.price,
            commission=charge.commission,
            postings=postings(model, tenant_id, partner_id, charge),
            degraded=False,
        )
        yield tenant_id, f"ledger-{tenant_id}-{ref.period}", settled
