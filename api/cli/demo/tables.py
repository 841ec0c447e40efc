"""The ledger entry, the bill and the proofs as tables."""

from collections.abc import Sequence
from typing import Any

from rich.padding import Padding
from rich.table import Table

from api.cli.demo.proof import CLASSES, MILLION, Proof, money
from api.cli.look import CROSS, TICK, out, plain, table, usd

LEFT = (0, 0, 0, 3)


def show(made: Table) -> None:
    out.print()
    out.print(Padding(made, LEFT, expand=False))


def entry_table(entry: dict[str, Any]) -> Table:
    rates = entry["pricing"]["system_rate"]["rates"]
    made = table("", "tokens", "USD per million", "USD", right=("tokens", "USD per million", "USD"))
    for name in CLASSES:
        used, rate = entry["usage"][name], money(rates[name])
        if used:
            made.add_row(name.replace("_", " "), str(used), plain(rate), usd(used * rate / MILLION))
    made.add_section()
    for title, name, note in summary(entry):
        made.add_row(title, "", f"[quiet]{note}[/]", usd(money(entry[name])))
    return made


def summary(entry: dict[str, Any]) -> list[tuple[str, str, str]]:
    terms = entry["pricing"]["terms"]
    markup, share = plain(money(terms["markup_percent"])), plain(money(terms["commission_percent"]))
    return [
        ("[name]cost[/]", "cost", "what the platform pays"),
        ("[name]price[/]", "price", f"what the tenant pays, {markup} % more"),
        ("[name]commission[/]", "commission", f"the partner's, {share} % of the price"),
        ("[name]margin[/]", "margin", "what is left for the platform"),
    ]


def postings_table(postings: Sequence[dict[str, Any]]) -> Table:
    made = table("account", "debit", "credit", right=("debit", "credit"))
    for leg in postings:
        amount = usd(money(leg["amount"]))
        debit, credit = (amount, "") if leg["side"] == "debit" else ("", amount)
        made.add_row(account(leg["account"]), debit, credit)
    return made


def account(name: str) -> str:
    """Ids are long; their first letters do here."""
    return ":".join(part[:8] + "…" if len(part) == 36 else part for part in name.split(":"))


def bill_table(bill: dict[str, Any]) -> Table:
    made = table("model", "calls", "tokens", "price", right=("calls", "tokens", "price"))
    for line in bill["lines"]:
        made.add_row(line["model"], str(line["calls"]), str(line["tokens"]), usd(money(line["price"])))
    made.add_section()
    made.add_row(f"[name]{bill['period']}[/]", str(bill["calls"]), "", usd(money(bill["price"])))
    return made


def proof_table(proofs: Sequence[Proof]) -> Table:
    made = table("", "", "")
    made.show_header = False
    for proof in proofs:
        made.add_row(TICK if proof.holds else CROSS, proof.title, f"[quiet]{proof.shown}[/]")
    return made
