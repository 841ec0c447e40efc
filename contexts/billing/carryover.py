"""Credit that months left. The next invoice takes it, oldest first, as far as it has something to lower."""

from dataclasses import dataclass
from decimal import Decimal

from contexts.billing.invoice_lines import drawn_of, total_of
from contexts.kernel import Aggregate
from schemas.billing.carryover import CARRIED, CarriedCredit, CreditCarried
from schemas.billing.invoices import InvoiceFace, InvoiceRequested, MonthLine

Credits = tuple[CarriedCredit, ...]


@dataclass(frozen=True, slots=True)
class Carryover:
    """As CreditCarried has it."""

    left: Credits = ()
    prepaid: Decimal = Decimal(0)


EMPTY = Carryover()


def take(of: Credits, most: Decimal) -> tuple[Credits, Credits]:
    """What is taken, and what is left."""
    taken: list[CarriedCredit] = []
    left: list[CarriedCredit] = []
    for credit in of:
        part = min(credit.amount, most)
        most -= part
        taken += part_of(credit, part)
        left += part_of(credit, credit.amount - part)
    return tuple(taken), tuple(left)


def part_of(credit: CarriedCredit, amount: Decimal) -> list[CarriedCredit]:
    return [CarriedCredit(period=credit.period, amount=amount)] if amount else []


def after_invoice(before: Carryover, face: InvoiceFace) -> Carryover:
    """What an invoice took stands on it."""
    taken = -total_of(line for line in face.lines if line.kind == CARRIED)
    return Carryover(take(before.left, taken)[1], before.prepaid + drawn_of(face.lines) - face.prepaid)


def after_nothing_due(before: Carryover, period: str, months: tuple[MonthLine, ...]) -> Carryover:
    own = -total_of(months)
    added = [CarriedCredit(period=period, amount=own)] if own else []
    return Carryover((*before.left, *added), before.prepaid + drawn_of(months))


def carried(before: Carryover, after: Carryover, asked: InvoiceRequested) -> list[CreditCarried]:
    if after == before:
        return []
    return [
        CreditCarried(
            tenant_id=asked.tenant_id,
            invoice_id=asked.invoice_id,
            period=asked.period,
            left=after.left,
            prepaid=after.prepaid,
        )
    ]


def evolve(state: Carryover | None, event: CreditCarried) -> Carryover:
    return Carryover(event.left, event.prepaid)


CARRYOVER = Aggregate("carryover", Carryover, evolve)
