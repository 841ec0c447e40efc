"""Refusals, postings, invoices and dunning as tables."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from rich.table import Table

from api.cli.demo.money.people import Cast
from api.cli.look import places, plain, table, usd
from api.pure import MonthSums
from infra.documents.words import percent
from schemas.billing.events import CallRefused, CallSettled
from schemas.billing.invoices import InvoiceFace
from schemas.billing.types import Posting


def refusal_table(refusal: CallRefused) -> Table:
    budget = refusal.budget or Decimal(0)
    asked = refusal.posted + refusal.held + refusal.hold
    rows = {
        "posted": refusal.posted,
        "held by open calls": refusal.held,
        "the most this call can cost": refusal.hold,
        "[name]together[/]": asked,
        "[name]budget[/]": budget,
        "[bad]too much by[/]": asked - budget,
    }
    decimals = places(rows.values())
    made = table("", "USD", right=("USD",))
    for name, amount in rows.items():
        made.add_row(name, usd(amount, decimals))
    return made


def rates_table(entries: Sequence[CallSettled]) -> Table:
    right = ("input", "cached", "output", "USD per million", "cost")
    decimals = places(entry.cost for entry in entries)
    made = table("call of", *right, right=right)
    for entry in entries:
        usage, rates = entry.usage, entry.pricing.system_rate.rates
        tokens = (f"{count:,}" for count in (usage.input, usage.cache_read, usage.output))
        per_million = " / ".join(map(plain, (rates.input, rates.cache_read, rates.output)))
        made.add_row(f"{entry.call.requested_at:%d %b}", *tokens, per_million, usd(entry.cost, decimals))
    return made


def postings_table(postings: Sequence[Posting], cast: Cast) -> Table:
    decimals = places(leg.amount for leg in postings)
    made = table("account", "debit", "credit", right=("debit", "credit"))
    for leg in postings:
        amount = usd(leg.amount, decimals)
        made.add_row(account(leg.account, cast), *((amount, "") if leg.side == "debit" else ("", amount)))
    return made


def account(name: str, cast: Cast) -> str:
    """With the names of those whose ids are in it."""
    names = {str(tenant.id): tenant.name for tenant in cast.tenants}
    names[str(cast.partner_id)] = "the partner"
    return ":".join(names.get(part, part) for part in name.split(":"))


def invoices_table(faces: Sequence[InvoiceFace]) -> Table:
    right = ("net", "tax", "prepaid", "due")
    made = table("invoice", "customer", "net", "tax", "prepaid", "due", "tax treatment", right=right)
    for face in faces:
        amounts = (face.subtotal, face.tax, face.prepaid, face.due)
        made.add_row(face.number, face.buyer.name, *(usd(one, 2) for one in amounts), treatment(face))
    return made


def treatment(face: InvoiceFace) -> str:
    tax = face.taxation
    if tax.treatment == "domestic":
        return f"{tax.name} {percent(tax.percent)}"
    return "not taxed" if tax.treatment == "none" else tax.treatment.replace("_", " ")


def earnings_table(rows: Sequence[tuple[str, MonthSums]]) -> Table:
    decimals = places(amount for _, sums in rows for amount in (sums.price, sums.commission))
    made = table("tenant", "calls", "price", "commission", right=("calls", "price", "commission"))
    for name, sums in rows:
        made.add_row(name, str(sums.calls), usd(sums.price, decimals), usd(sums.commission, decimals))
    return made


def dunning_table(steps: Sequence[tuple[datetime, str, str]]) -> Table:
    made = table("", "step", "what came of it")
    for at, step, outcome in steps:
        made.add_row(f"{at:%d %b}", step, outcome)
    return made
