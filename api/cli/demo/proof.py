"""Derives every figure again from the entries the API showed. Knows nothing of how they were made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from api.cli.look import plain

CLASSES = ("input", "output", "cache_read", "cache_write", "reasoning")
MILLION = 1_000_000
PLACES = Decimal("1E-12")

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Proof:
    """`shown` is the arithmetic, with the figures that were compared."""

    title: str
    holds: bool
    shown: str


def proofs(entries: Sequence[Entry], bill: Mapping[str, Any], calls: int) -> Iterator[Proof]:
    for entry in entries:
        yield from of_entry(entry)
    yield bill_adds_up(entries, bill)
    keys = {(entry["job_id"], entry["node"], entry["attempt"]) for entry in entries}
    yield Proof(
        "every call settled once",
        len(entries) == len(keys) == calls and all(entry["kind"] == "settle" for entry in entries),
        f"{calls} call, {len(entries)} entry" if calls == 1 else f"{calls} calls, {len(entries)} entries",
    )
    yield Proof("nothing is held any more", money(bill["held"]) == 0, f"held {plain(money(bill['held']))}")


def of_entry(entry: Entry) -> Iterator[Proof]:
    cost, price, commission, margin = (
        money(entry[name]) for name in ("cost", "price", "commission", "margin")
    )
    rates, terms = entry["pricing"]["system_rate"]["rates"], entry["pricing"]["terms"]
    yield cost_from_tokens(cost, entry["usage"], rates)
    yield price_from_cost(price, cost, money(terms["price"]["markup_percent"]))
    yield commission_from_price(commission, price, money(terms["commission"]["percent"]))
    yield Proof(
        "price = cost + margin + commission",
        price == cost + margin + commission,
        f"{plain(price)} = {plain(cost)} + {plain(margin)} + {plain(commission)}",
    )
    yield balanced(entry["postings"])


def cost_from_tokens(cost: Decimal, usage: Mapping[str, Any], rates: Mapping[str, Any]) -> Proof:
    used = [name for name in CLASSES if usage[name]]
    exact = sum((usage[name] * money(rates[name]) for name in used), Decimal(0)) / MILLION
    terms = " + ".join(f"{usage[name]} × {plain(money(rates[name]))}" for name in used)
    return Proof("cost = tokens × rates", cost == rounded(exact), f"({terms}) / 10⁶ = {plain(cost)}")


def price_from_cost(price: Decimal, cost: Decimal, markup: Decimal) -> Proof:
    factor = 1 + markup / 100
    return Proof(
        "price = cost × (1 + markup)",
        price == rounded(cost * factor),
        f"{plain(cost)} × {plain(factor)} = {plain(price)}",
    )


def commission_from_price(commission: Decimal, price: Decimal, percent: Decimal) -> Proof:
    return Proof(
        "commission = price × share",
        commission == rounded(price * percent / 100),
        f"{plain(price)} × {plain(percent / 100)} = {plain(commission)}",
    )


def balanced(postings: Sequence[Mapping[str, Any]]) -> Proof:
    sides = {
        side: sum((money(leg["amount"]) for leg in postings if leg["side"] == side), Decimal(0))
        for side in ("debit", "credit")
    }
    return Proof(
        "debits = credits",
        bool(postings) and sides["debit"] == sides["credit"],
        f"{plain(sides['debit'])} = {plain(sides['credit'])}",
    )


def bill_adds_up(entries: Sequence[Entry], bill: Mapping[str, Any]) -> Proof:
    total = sum((money(entry["price"]) for entry in entries), Decimal(0))
    lines = sum((money(line["price"]) for line in bill["lines"]), Decimal(0))
    return Proof(
        "bill = sum of the entries",
        money(bill["price"]) == total == lines and bill["calls"] == len(entries),
        f"{plain(money(bill['price']))} = {plain(total)}",
    )


def rounded(exact: Decimal) -> Decimal:
    """To 12 places, half-even, as the ledger keeps amounts."""
    return exact.quantize(PLACES, ROUND_HALF_EVEN)


def money(text: Any) -> Decimal:
    return Decimal(str(text))
