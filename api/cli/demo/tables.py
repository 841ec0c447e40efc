"""The ledger entry, the bill and the proofs as tables."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.table import Table

from api.cli.demo.proof import CLASSES, MILLION, Proof, money
from api.cli.look import CROSS, TICK, places, plain, table, usd


def entry_table(entry: dict[str, Any]) -> Table:
    classes, amounts = used(entry), summary(entry)
    decimals = places([*(cost for *_, cost in classes), *(amount for *_, amount in amounts)])
    made = table("", "tokens", "USD per million", "USD", right=("tokens", "USD per million", "USD"))
    for name, tokens, rate, cost in classes:
        made.add_row(name.replace("_", " "), str(tokens), plain(rate), usd(cost, decimals))
    for title, note, amount in amounts:
        made.add_row(f"[name]{title}[/]", "", f"[quiet]{note}[/]", usd(amount, decimals))
    return made


def used(entry: dict[str, Any]) -> list[tuple[str, int, Decimal, Decimal]]:
    """The token classes of which there were any: name, tokens, rate, what they come to."""
    rates = entry["pricing"]["system_rate"]["rates"]
    tokens = [(name, int(entry["usage"][name]), money(rates[name])) for name in CLASSES]
    return [(name, count, rate, count * rate / MILLION) for name, count, rate in tokens if count]


def summary(entry: dict[str, Any]) -> list[tuple[str, str, Decimal]]:
    terms = entry["pricing"]["terms"]
    markup, share = (
        plain(money(terms["price"]["markup_percent"])),
        plain(money(terms["commission"]["percent"])),
    )
    notes = {
        "cost": "what the platform pays",
        "price": f"what the tenant pays, {markup} % more",
        "commission": f"the partner's, {share} % of the price",
        "margin": "what is left for the platform",
    }
    return [(name, note, money(entry[name])) for name, note in notes.items()]


def postings_table(postings: Sequence[dict[str, Any]]) -> Table:
    decimals = places(money(leg["amount"]) for leg in postings)
    made = table("account", "debit", "credit", right=("debit", "credit"))
    for leg in postings:
        amount = usd(money(leg["amount"]), decimals)
        debit, credit = (amount, "") if leg["side"] == "debit" else ("", amount)
        made.add_row(account(leg["account"]), debit, credit)
    return made


def account(name: str) -> str:
    """Ids are long; their first letters do here."""
    return ":".join(part[:8] + "…" if len(part) == 36 else part for part in name.split(":"))


def bill_table(bill: dict[str, Any]) -> Table:
    decimals = places(money(line["price"]) for line in [*bill["lines"], bill])
    made = table("model", "calls", "tokens", "price", right=("calls", "tokens", "price"))
    for line in bill["lines"]:
        price = usd(money(line["price"]), decimals)
        made.add_row(line["model"], str(line["calls"]), str(line["tokens"]), price)
    tokens = sum(line["tokens"] for line in bill["lines"])
    total = usd(money(bill["price"]), decimals)
    made.add_row(f"[name]{bill['period']}[/]", str(bill["calls"]), str(tokens), total)
    return made


def proof_table(proofs: Sequence[Proof]) -> Table:
    made = table("", "", "")
    made.show_header = False
    for proof in proofs:
        made.add_row(TICK if proof.holds else CROSS, proof.title, f"[quiet]{proof.shown}[/]")
    return made
