"""Invoices are paid, or not: reminded, restricted, suspended, and reinstated the moment they are."""

from decimal import ROUND_UP, Decimal
from uuid import UUID

from api.cli.demo.money import tables
from api.cli.demo.money.papers import put_credit_note
from api.cli.demo.money.people import ADMIN, Tenant, some_id
from api.cli.demo.money.stage import Stage
from api.cli.demo.money.working import start
from api.cli.telling.errors import StoryFailed
from api.reads import PLATFORM_SCOPE
from api.rows.invoices import InvoiceFilter, InvoiceRow
from schemas.base import Event
from schemas.billing.dunning import DunningLevelChanged
from schemas.billing.invoices import CreditInvoice, CreditLine
from schemas.billing.payments import AttemptPayment, PaymentFailed, PaymentSucceeded, RecordReceipt

CENT = Decimal("0.01")
MEANS = {
    "none": "[good]nothing is held back[/]",
    "past_due": "[warn]past due[/]",
    "restricted": "[warn]no new runs[/]",
    "suspended": "[warn]no runs at all[/]",
}


async def invoice_of(stage: Stage, tenant: Tenant, period: str) -> InvoiceRow:
    wanted = InvoiceFilter(tenant_id=tenant.id, period=period)
    found = await stage.reads.invoices(PLATFORM_SCOPE, None, 1, wanted)
    if not found.items or found.items[0].face is None:
        raise StoryFailed(f"{tenant.name} has no invoice for {period}")
    return found.items[0]


async def paid(stage: Stage, invoice_id: UUID) -> str:
    row = await stage.reads.payment(PLATFORM_SCOPE, invoice_id)
    return row.status if row else "absent"


async def money_arrives(stage: Stage, period: str) -> None:
    tenant = stage.cast.transfer
    invoice = await invoice_of(stage, tenant, period)
    receipt = RecordReceipt(tenant_id=tenant.id, invoice_id=invoice.id, reference=f"transfer {period}")
    await stage.done(receipt, by=ADMIN)
    stage.say(f"{tenant.name} transfers what it owes for {period}: {await paid(stage, invoice.id)}.")


async def credit_part(stage: Stage, period: str) -> None:
    tenant = stage.cast.transfer
    invoice = await invoice_of(stage, tenant, period)
    if invoice.face is None:
        raise StoryFailed(f"{tenant.name}'s invoice for {period} is not issued")
    amount = (invoice.face.subtotal / 4).quantize(CENT, ROUND_UP)
    line = CreditLine(description="Letters that were written twice", amount=amount)
    credit = CreditInvoice(
        invoice_id=invoice.id, credit_note_id=some_id(stage.dice), reason="Duplicate letters", lines=(line,)
    )
    await stage.done(credit, by=stage.cast.partner, tenant_id=tenant.id)
    [note] = await stage.reads.credit_notes(PLATFORM_SCOPE, invoice.id)
    put_credit_note(stage.folder, note)
    stage.say(f"{note.face.number} takes back ${note.face.total} of {note.face.invoice_number}.")


async def card_is_empty(stage: Stage) -> InvoiceRow:
    tenant = stage.cast.card
    invoice = await invoice_of(stage, tenant, "2026-09")
    failed, _ = await stage.last(f"payment-{invoice.id}", PaymentFailed)
    stage.say(f"{tenant.name}'s card: [bad]{failed.code}[/], ${failed.amount} stay unpaid.")
    return invoice


async def held_back(stage: Stage, expected: str) -> None:
    """What is done for not paying, and what it means."""
    tenant = stage.cast.card
    status = await stage.status(tenant)
    if status != expected:
        raise StoryFailed(f"{tenant.name} should be {expected}, and is {status}")
    refusal = await stage.refused(start(stage, tenant.agent), by=tenant.owner)
    stage.say(f"{tenant.name} is [warn]{status}[/]: a new run is refused, [bad]{refusal.code}[/].")


async def pays_again(stage: Stage, invoice: InvoiceRow) -> None:
    tenant = stage.cast.card
    stage.cards.empty = False
    await stage.done(AttemptPayment(tenant_id=tenant.id, invoice_id=invoice.id), by=tenant.owner)
    status = await stage.status(tenant)
    if (await paid(stage, invoice.id), status) != ("succeeded", "active"):
        raise StoryFailed(f"{tenant.name} paid and is {status}")
    await stage.done(start(stage, tenant.agent), by=tenant.owner)
    stage.say(f"The card works again: paid, [good]{status}[/] at once, and the next run runs.")


async def day_by_day(stage: Stage, invoice: InvoiceRow) -> None:
    """Of the invoice that was not paid, as it is recorded."""
    streams = f"payment-{invoice.id}", f"dunning-{stage.cast.card.id}"
    recorded = [one for stream in streams for one in await stage.recorded(stream)]
    told = [(one.recorded_at, *said(one.event)) for one in sorted(recorded, key=lambda one: one.position)]
    stage.show(tables.dunning_table([row for row in told if row[1]]))


def said(event: Event) -> tuple[str, str]:
    """What happened and what came of it; nothing of what only led to it."""
    match event:
        case PaymentFailed():
            return f"attempt {event.attempt}", f"[bad]{event.code}[/]"
        case DunningLevelChanged():
            return "dunning", MEANS[event.level]
        case PaymentSucceeded():
            return "payment", f"[good]${event.amount} received[/]"
    return "", ""
