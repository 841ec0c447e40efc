"""The published identity: three statements, one truth. Anybody with the entries can check it.

    sum of tenant prices = partner commissions + platform revenue
    sum of costs         = provider payables

The left sides are amounts of the entries, the right sides what their double entries put on the accounts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contexts.billing.statements import NOTHING, sums
from schemas.billing.months import CREDIT_NOTE, ClosedMonth, MonthTotal

SHARED = ("price", "commission")
OURS = ("price", "commission", "cost")


@dataclass(frozen=True, slots=True)
class Check:
    """`about`: the amounts whoever sees it must be allowed to see."""

    name: str
    left: Decimal
    right: Decimal
    about: tuple[str, ...] = ("price",)

    @property
    def holds(self) -> bool:
        return self.left == self.right

    @property
    def difference(self) -> Decimal:
        return self.left - self.right


@dataclass(frozen=True, slots=True)
class Identity:
    checks: Sequence[Check]

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


def identity(rows: Sequence[MonthTotal], closed: Sequence[ClosedMonth] = ()) -> Identity:
    return Identity((*account_checks(rows), *closing_checks(rows, closed)))


def account_checks(rows: Sequence[MonthTotal]) -> tuple[Check, ...]:
    entries = sums(rows)
    payable = total(row.posted_payable for row in rows)
    owed = total(row.posted_receivable + row.posted_wallet for row in rows)
    earned = total(row.posted_commission for row in rows)
    kept = total(row.posted_revenue for row in rows)
    return (
        Check("prices = commissions + platform revenue", entries.price, entries.commission + kept, SHARED),
        Check("costs = provider payables", entries.cost, payable, OURS),
        Check("prices = what tenants owe or drew", entries.price, owed),
        Check("commissions = what partners are owed", entries.commission, earned, SHARED),
        Check("debits = credits", total(abs(row.imbalance) for row in rows), NOTHING),
    )


def closing_checks(rows: Sequence[MonthTotal], closed: Sequence[ClosedMonth]) -> tuple[Check, ...]:
    """A closed ledger said what its month came to, tenant by tenant: a surplus never makes up for a gap."""
    if not closed:
        return ()
    return (
        Check("closed months = their seals", total(drift(month, rows) for month in closed), NOTHING, OURS),
    )


def drift(month: ClosedMonth, rows: Sequence[MonthTotal]) -> Decimal:
    """Credit notes stand beside the ledger, and may come after its end."""
    entries = sums(row for row in rows if row.tenant_id == month.tenant_id and row.kind != CREDIT_NOTE)
    return (
        abs(entries.price - month.price)
        + abs(entries.cost - month.cost)
        + abs(entries.commission - month.commission)
    )


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
