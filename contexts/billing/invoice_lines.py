"""A month's totals as the lines of an invoice: as many as anybody reads, each rounded once."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from contexts.billing.rounding import cents, exact_sum
from schemas.billing.carryover import CARRIED, CarriedCredit
from schemas.billing.invoices import MAX_LINES, InvoiceLine, MonthLine
from schemas.billing.months import CREDIT_NOTE, MonthTotal

OTHER = "other"


def month_lines(rows: Sequence[MonthTotal], most: int = MAX_LINES) -> tuple[MonthLine, ...]:
    """The dearest first; what does not fit is one line. Credit notes are documents of their own."""
    found = sorted((line(row) for row in rows if row.kind != CREDIT_NOTE), key=order)
    if len(found) <= most:
        return tuple(found)
    return (*found[: most - 1], together(found[most - 1 :]))


def line(row: MonthTotal) -> MonthLine:
    return MonthLine(
        kind=row.kind,
        source_kind=row.source_kind,
        source_id=row.source_id,
        source_name=row.source_name,
        model=row.model,
        about_period=row.about_period,
        calls=row.entries,
        tokens=row.tokens,
        price=row.price,
        prepaid=row.posted_wallet,
    )


def order(line: MonthLine) -> tuple[bool, Decimal, str, str, str]:
    return line.kind != "usage", -line.price, line.source_id, line.model, line.about_period


def together(lines: Sequence[MonthLine]) -> MonthLine:
    return MonthLine(
        kind=OTHER,
        source_kind="",
        source_id="",
        source_name="",
        model="",
        about_period="",
        calls=sum(line.calls for line in lines),
        tokens=sum(line.tokens for line in lines),
        price=exact_sum(line.price for line in lines),
        prepaid=exact_sum(line.prepaid for line in lines),
    )


def rounded(line: MonthLine) -> InvoiceLine:
    return InvoiceLine(**dict(line), amount=cents(line.price))


def credit_line(credit: CarriedCredit) -> InvoiceLine:
    return InvoiceLine(
        kind=CARRIED,
        source_kind="",
        source_id="",
        source_name="",
        model="",
        about_period=credit.period,
        calls=0,
        tokens=0,
        price=-credit.amount,
        amount=-credit.amount,
    )


def total_of(lines: Iterable[MonthLine]) -> Decimal:
    return exact_sum(cents(line.price) for line in lines)


def drawn_of(lines: Iterable[MonthLine]) -> Decimal:
    """Rounded as prices are: of a line that was all prepaid nothing is left."""
    return exact_sum(cents(line.prepaid) for line in lines)


def residual_of(lines: Sequence[MonthLine]) -> Decimal:
    owed = exact_sum(line.price for line in lines) - exact_sum(line.prepaid for line in lines)
    return owed - (total_of(lines) - drawn_of(lines))
