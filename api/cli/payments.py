"""Payments, as an operator sees and moves them."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from api.cli.endpoints import find
from api.cli.errors import Refused
from api.cli.look import TICK, out, table, usd
from api.cli.operate import desk
from api.cli.runs import reads
from api.reads import PLATFORM_SCOPE
from api.rows.payments import EntryRow, PaymentRow
from infra.settings import Settings
from schemas.base import Command, PartnerId, TenantId
from schemas.billing import payments as p

CENTS = 2
COLOURS = {
    "succeeded": "good",
    "failed": "bad",
    "written_off": "bad",
    "attempting": "warn",
    "requested": "warn",
}


def show_all(settings: Settings, tenant: UUID | None, status: str | None, limit: int) -> None:
    rows = asyncio.run(read_all(settings, tenant, status, limit))
    out.print(payments_table(rows) if rows else "No payments.")


async def read_all(
    settings: Settings, tenant: UUID | None, status: str | None, limit: int
) -> Sequence[PaymentRow]:
    async with reads(settings) as at:
        return (await at.payments(PLATFORM_SCOPE, None, limit, tenant, status)).items


def payments_table(rows: Sequence[PaymentRow]) -> Table:
    made = table(
        "invoice", "number", "status", "amount", "attempts", "due", "note", right=("amount", "attempts")
    )
    for row in rows:
        made.add_row(
            str(row.id),
            escape(row.number),
            painted(row.status),
            usd(row.amount_usd, CENTS),
            str(row.attempts),
            f"{row.due_at:%Y-%m-%d}",
            f"[quiet]{escape(row.code or row.reference or '')}[/]",
        )
    return made


def painted(status: str) -> str:
    return f"[{COLOURS.get(status, 'quiet')}]{status}[/]"


def show_one(settings: Settings, invoice: UUID) -> None:
    row, entries = asyncio.run(read_one(settings, invoice))
    out.print(payments_table([row]))
    for entry in entries:
        out.print(told(entry), soft_wrap=True)


async def read_one(settings: Settings, invoice: UUID) -> tuple[PaymentRow, Sequence[EntryRow]]:
    async with reads(settings) as at:
        row = await at.payment(PLATFORM_SCOPE, invoice)
        if row is None:
            raise Refused(f"no payment of invoice {invoice}.", "`./justw hb payments list` lists them.")
        return row, await at.payment_entries(PLATFORM_SCOPE, invoice)


def told(entry: EntryRow) -> str:
    about = " ".join(filter(None, (entry.provider, entry.reference, entry.code, entry.reason)))
    amount = usd(entry.amount_usd, CENTS)
    return f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.kind:15} {amount}  [quiet]{escape(about)}[/]"


def pay(settings: Settings, invoice: UUID) -> None:
    order(settings, invoice, p.AttemptPayment, "is being collected")


def record_receipt(settings: Settings, invoice: UUID, reference: str) -> None:
    order(settings, invoice, p.RecordReceipt, "is paid", reference=reference)


def cancel(settings: Settings, invoice: UUID, reason: str) -> None:
    order(settings, invoice, p.CancelPayment, "is collected no more", reason=reason)


def write_off(settings: Settings, invoice: UUID, reason: str) -> None:
    order(settings, invoice, p.WriteOffPayment, "is written off", reason=reason)


def refund(settings: Settings, invoice: UUID, amount: str | None, reason: str) -> None:
    new = uuid4()
    done = f"is being paid back, as refund {new}"
    order(settings, invoice, p.RefundPayment, done, refund_id=new, amount=amount, reason=reason)


def order(settings: Settings, invoice: UUID, kind: type[Command], done: str, **given: Any) -> None:
    asyncio.run(ordered(settings, invoice, kind, given))
    out.print(f"{TICK} invoice {invoice} {done}", soft_wrap=True)


async def ordered(settings: Settings, invoice: UUID, kind: type[Command], given: dict[str, Any]) -> None:
    row, _ = await read_one(settings, invoice)
    try:
        command = kind.model_validate({"tenant_id": row.tenant_id, "invoice_id": row.id, **given})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise Refused(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.", "") from error
    await send(settings, command, TenantId(row.tenant_id), row.partner_id)


async def send(settings: Settings, command: Command, tenant_id: TenantId, partner_id: UUID | None) -> None:
    async with desk(find(settings)) as at:
        answer = await at.order(command, tenant_id, PartnerId(partner_id) if partner_id else None)
        await at.seen(answer, "payments", "dunning")
