"""What a month leaves of credit is taken by the next invoices: all of it, once, and none is below nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from contexts.billing.carryover import EMPTY, Carryover, evolve
from contexts.billing.registry import REGISTRY
from contexts.billing.rounding import cents
from schemas.base import Event
from schemas.billing.carryover import CARRIED, CreditCarried
from schemas.billing.invoices import InvoiceNumbered, InvoiceSkipped, MonthLine
from schemas.billing.types import Posting
from tests.support.builders import TENANT_ID
from tests.support.invoices import document_facts, draw_up, month_line, requested, tax_rates
from tests.support.money import decimals
from tests.support.spec import Spec

spec = Spec(REGISTRY)
OWED = f"receivable:{TENANT_ID}"
NOTHING = Decimal(0)

Month = Sequence[MonthLine]


@dataclass(frozen=True)
class Told:
    """What came of months, one after the other."""

    months: Sequence[Month]
    invoices: Sequence[InvoiceNumbered]
    skipped: Sequence[InvoiceSkipped]
    left: Carryover

    @property
    def taken(self) -> list[tuple[str, Decimal]]:
        lines = [line for face in self.invoices for line in face.lines if line.kind == CARRIED]
        return [(line.about_period, -line.amount) for line in lines]


def tell(*months: Month, percent: str = "19") -> Told:
    events: list[Event] = []
    left = EMPTY
    for number, month in enumerate(months, 1):
        asked = requested(str(add(line.price for line in month)), period=period(number))
        facts = document_facts(rates=tax_rates(DE=percent), carryover=left)
        wish = draw_up(*month, invoice_id=asked.invoice_id)
        found = spec.given(asked).knowing(facts).when(wish).events
        left = reduce(evolve, [event for event in found if isinstance(event, CreditCarried)], left)
        events += found
    invoices = [event for event in events if isinstance(event, InvoiceNumbered)]
    return Told(months, invoices, [event for event in events if isinstance(event, InvoiceSkipped)], left)


def period(number: int) -> str:
    return f"2026-{number:02}"


def add(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def month(price: str, prepaid: str = "0") -> Month:
    return [month_line(price, prepaid=Decimal(prepaid))]


def figures(face: InvoiceNumbered) -> list[str]:
    """Before tax, tax, prepaid, due."""
    return [str(amount) for amount in (face.subtotal, face.tax, face.prepaid, face.due)]


def left_of(told: Told) -> list[tuple[str, str]]:
    return [(credit.period, str(credit.amount)) for credit in told.left.left]


def test_the_next_invoice_takes_a_credit_on_a_line_of_its_own_before_tax() -> None:
    told = tell(month("-40"), month("100"), month("10"))
    first, second = told.invoices
    assert [(line.kind, line.about_period, line.amount) for line in first.lines] == [
        ("usage", "", Decimal(100)),
        ("carried_credit", "2026-01", Decimal(-40)),
    ]
    assert (first.subtotal, first.tax, first.due) == (Decimal(60), Decimal("11.40"), Decimal("71.40"))
    assert (second.subtotal, told.left) == (Decimal(10), EMPTY)


def test_more_credit_than_an_invoice_has_to_lower_is_left_for_the_one_after() -> None:
    told = tell(month("-40"), month("-5"), month("30"), month("12"))
    assert [(face.total, face.due) for face in told.invoices] == [(NOTHING, NOTHING)] * 2
    assert told.taken == [("2026-01", Decimal(30)), ("2026-01", Decimal(10)), ("2026-02", Decimal(2))]
    assert left_of(told) == [("2026-02", "3.00")]


def test_without_credit_nothing_is_recorded_of_it() -> None:
    asked = requested("10")
    for price in ("10", "0.004"):
        line = month_line(price)
        events = spec.given(requested(price)).knowing(document_facts()).when(draw_up(line)).events
        assert not [event for event in events if isinstance(event, CreditCarried)]
    asked = requested("-4.001")
    skipped, left = spec.given(asked).knowing(document_facts()).when(draw_up(month_line("-4.001"))).events
    assert isinstance(skipped, InvoiceSkipped)
    assert isinstance(left, CreditCarried)
    assert (skipped.reason, left.stream_id("x")) == ("credit_balance", f"carryover-{TENANT_ID}")
    assert owed_by(skipped.postings) == Decimal("0.001")


def test_credit_that_went_back_to_a_wallet_is_not_given_again() -> None:
    told = tell(month("-40", prepaid="-40"), month("100", prepaid="100"), month("-10", "-10"), month("4"))
    first, second = told.invoices
    assert figures(first) == ["60.00", "11.40", "60.00", "11.40"]
    assert figures(second) == ["0.00", "0.00", "-4.00", "4.00"]
    assert (left_of(told), told.left.prepaid) == ([("2026-03", "6.00")], Decimal(-6))


def test_what_was_drawn_beyond_an_invoice_counts_for_the_next() -> None:
    first, second = tell(month("-40"), month("50", prepaid="50"), month("60")).invoices
    assert figures(first) == ["10.00", "1.90", "11.90", "0.00"]
    assert figures(second) == ["60.00", "11.40", "38.10", "33.30"]


prices = decimals(1_000, 12).flatmap(lambda price: st.sampled_from([price, -price]))
lines = st.builds(
    lambda price, drawn: month_line(str(price), prepaid=drawn * price), prices, st.sampled_from([0, 0, 1])
)
stories = st.lists(st.lists(lines, min_size=1, max_size=4), min_size=1, max_size=12)


@given(stories, st.sampled_from(["0", "7.7", "19"]))
def test_over_any_months_invoices_and_credit_come_to_what_the_months_came_to(
    months: list[Month], percent: str
) -> None:
    told = tell(*months, percent=percent)
    used = add(cents(line.price) for one in months for line in one)
    left = add(credit.amount for credit in told.left.left)
    assert add(face.subtotal for face in told.invoices) - left == used
    assert all(min(face.subtotal, face.tax, face.total, face.due) >= 0 for face in told.invoices)
    assert all(
        (face.total, face.due) == (face.subtotal + face.tax, face.total - face.prepaid)
        for face in told.invoices
    )


@given(stories, st.sampled_from(["0", "7.7", "19"]))
def test_over_any_months_a_tenant_owes_what_is_due_less_the_credit_that_is_left(
    months: list[Month], percent: str
) -> None:
    told = tell(*months, percent=percent)
    entries = add(line.price - line.prepaid for one in months for line in one)
    documents = [event.postings for event in told.invoices] + [event.postings for event in told.skipped]
    posted = add(map(owed_by, documents))
    kept = add(credit.amount for credit in told.left.left) + told.left.prepaid
    assert entries + posted == add(face.due for face in told.invoices) - kept


@given(stories)
def test_each_months_credit_is_taken_once(months: list[Month]) -> None:
    told = tell(*months)
    parts = [*told.taken, *((credit.period, credit.amount) for credit in told.left.left)]
    for number, one in enumerate(months, 1):
        mine = add(amount for about, amount in parts if about == period(number))
        assert mine == max(-add(cents(line.price) for line in one), NOTHING)


def owed_by(postings: tuple[Posting, ...]) -> Decimal:
    assert add(map(signed, postings)) == 0
    return add(signed(leg) for leg in postings if leg.account == OWED)


def signed(leg: Posting) -> Decimal:
    return leg.amount if leg.side == "debit" else -leg.amount
