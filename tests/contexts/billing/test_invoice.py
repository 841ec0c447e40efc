from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contexts.billing.invoice_lines import month_lines
from contexts.billing.issuer import Issuer, next_number
from contexts.billing.registry import REGISTRY
from schemas.billing.corrections import PeriodClosed
from schemas.billing.invoices import (
    InvoiceBlocked,
    InvoiceFace,
    InvoiceIssued,
    InvoiceNumbered,
    InvoiceSkipped,
    IssueInvoice,
    RequestInvoice,
    RetryInvoice,
)
from schemas.billing.issuers import IssuerSet, NumberTaken, OpenIssuer, SetIssuer
from schemas.billing.types import Posting
from tests.support.builders import PARTNER_ID, TENANT_ID, partner_created
from tests.support.invoices import (
    INVOICE_ID,
    branding,
    document_facts,
    draw_up,
    month_line,
    requested,
    tax_rates,
)
from tests.support.money import decimals
from tests.support.months import PERIOD, month_total
from tests.support.spec import Spec

spec = Spec(REGISTRY)
HASH = "ab" * 32
OWED = f"receivable:{TENANT_ID}"


def drawn_up(price: str = "10", *prices: str) -> InvoiceNumbered:
    lines = [month_line(one, source_id=str(i)) for i, one in enumerate(prices or (price,))]
    known = spec.given(requested(price)).knowing(document_facts())
    event = known.when(draw_up(*lines)).events[0]
    assert isinstance(event, InvoiceNumbered)
    return event


def test_a_closed_month_asks_for_its_invoice_once() -> None:
    amounts = {"cost": Decimal(7), "price": Decimal(10), "commission": Decimal(2)}
    closed = PeriodClosed(
        tenant_id=TENANT_ID, partner_id=PARTNER_ID, period=PERIOD, entries=3, last_version=9, **amounts
    )
    wish = RequestInvoice(**dict(requested()))
    spec.when(closed).issues(wish)
    spec.given().when(wish).then(requested())
    spec.given(requested()).when(wish).then()


def test_drawing_up_takes_the_next_number_in_the_same_decision() -> None:
    facts = document_facts(issuer=Issuer("NW", branding(), {"invoice": 41}))
    numbered, taken = spec.given(requested()).knowing(facts).when(draw_up()).events
    assert isinstance(numbered, InvoiceNumbered)
    assert isinstance(taken, NumberTaken)
    assert (numbered.number, taken.number, taken.sequence) == ("NW-000042", "NW-000042", 42)
    assert (taken.document_id, taken.stream_id("invoice-x")) == (INVOICE_ID, f"issuer-{PARTNER_ID}")


def test_an_invoice_is_drawn_up_once() -> None:
    known = spec.given(requested(), drawn_up()).knowing(document_facts())
    known.when(draw_up()).then()


def test_the_figures_of_an_invoice() -> None:
    found = drawn_up("10.006", "6.002", "4.004")
    assert [line.amount for line in found.lines] == [Decimal("6.00"), Decimal("4.00")]
    assert (found.subtotal, found.tax, found.total) == (Decimal("10.00"), Decimal("1.90"), Decimal("11.90"))
    assert found.residual == Decimal("0.006")
    assert found.postings == (
        Posting(account="rounding", side="debit", amount=Decimal("0.006")),
        Posting(account=OWED, side="credit", amount=Decimal("0.006")),
        Posting(account=OWED, side="debit", amount=Decimal("1.90")),
        Posting(account="tax:DE", side="credit", amount=Decimal("1.90")),
    )


def test_halves_of_a_cent_go_to_the_even_one() -> None:
    found = drawn_up("0.060", "0.005", "0.015", "0.025", "0.015")
    assert [str(line.amount) for line in found.lines] == ["0.00", "0.02", "0.02", "0.02"]


amounts = st.lists(decimals(1_000, 12), min_size=1, max_size=12)


@given(amounts, st.sampled_from(["0", "7.7", "19", "25"]), decimals(50, 12))
def test_after_an_invoice_a_tenant_owes_what_is_due_on_it(
    prices: list[Decimal], percent: str, drawn: Decimal
) -> None:
    prepaid = min(drawn, prices[0])
    lines = [month_line(str(price), source_id=str(i)) for i, price in enumerate(prices)]
    lines[0] = lines[0].model_copy(update={"prepaid": prepaid})
    facts = document_facts(rates=tax_rates(DE=percent))
    event = spec.given(requested(str(sum(prices)))).knowing(facts).when(draw_up(*lines)).events[0]
    owed = sum(prices) - prepaid + owed_by(event.postings)  # type: ignore[attr-defined]
    assert owed == (event.due if isinstance(event, InvoiceNumbered) else 0)
    if isinstance(event, InvoiceNumbered):
        assert abs(event.residual) <= Decimal("0.005") * (len(prices) + 1)


def owed_by(postings: tuple[Posting, ...]) -> Decimal:
    assert sum((signed(leg) for leg in postings), Decimal(0)) == 0
    return sum((signed(leg) for leg in postings if leg.account == OWED), Decimal(0))


def signed(leg: Posting) -> Decimal:
    return leg.amount if leg.side == "debit" else -leg.amount


def test_what_was_drawn_from_a_wallet_is_not_due_again() -> None:
    line = month_line("10", prepaid=Decimal("10"))
    event = spec.given(requested()).knowing(document_facts()).when(draw_up(line)).events[0]
    assert isinstance(event, InvoiceNumbered)
    assert (event.total, event.prepaid, event.due) == (Decimal("11.90"), Decimal(10), Decimal("1.90"))


def test_lines_that_are_not_what_the_ledger_closed_with_are_never_invoiced() -> None:
    [event] = spec.given(requested("10.01")).knowing(document_facts()).when(draw_up()).events
    assert isinstance(event, InvoiceBlocked)
    assert (event.code, event.detail) == (
        "billing.lines_do_not_add_up",
        "the lines come to 10, the closed ledger to 10.01",
    )


def test_a_blocked_invoice_is_drawn_up_when_it_is_put_right() -> None:
    no_rate = document_facts(rates=None)
    [blocked] = spec.given(requested()).knowing(no_rate).when(draw_up()).events
    assert isinstance(blocked, InvoiceBlocked)
    assert blocked.code == "billing.no_tax_rate"
    spec.given(requested(), blocked).when(RetryInvoice(invoice_id=INVOICE_ID)).then(requested())
    again = spec.given(requested(), blocked, requested()).knowing(document_facts()).when(draw_up())
    assert isinstance(again.events[0], InvoiceNumbered)
    spec.given(requested()).when(RetryInvoice(invoice_id=INVOICE_ID)).refused("billing.invoice_not_blocked")
    spec.given().when(RetryInvoice(invoice_id=INVOICE_ID)).refused("billing.invoice_not_found")


def test_without_an_issuer_no_number_can_be_taken() -> None:
    [event] = spec.given(requested()).knowing(document_facts(issuer=None)).when(draw_up()).events
    assert isinstance(event, InvoiceBlocked)
    assert event.code == "billing.no_issuer"


def test_nothing_due_is_no_invoice_and_takes_no_number() -> None:
    line = month_line("0.004")
    [event] = spec.given(requested("0.004")).knowing(document_facts()).when(draw_up(line)).events
    assert isinstance(event, InvoiceSkipped)
    assert event.reason == "nothing_due"
    assert owed_by(event.postings) == Decimal("-0.004")


def test_an_invoice_is_issued_with_the_hash_of_its_document() -> None:
    numbered = drawn_up()
    issue = IssueInvoice(invoice_id=INVOICE_ID, document_hash=HASH)
    face = {name: getattr(numbered, name) for name in InvoiceFace.model_fields}
    issued = InvoiceIssued(**face, document_hash=HASH)
    spec.given(requested(), numbered).when(issue).then(issued)
    spec.given(requested(), numbered, issued).when(issue).then()


def test_too_many_lines_become_one_that_says_so() -> None:
    rows = [month_total(source_id=str(i), price=Decimal(i), tokens_input=i) for i in range(10)]
    lines = month_lines(rows, most=4)
    assert [(line.kind, line.price) for line in lines] == [
        ("usage", Decimal(9)),
        ("usage", Decimal(8)),
        ("usage", Decimal(7)),
        ("other", Decimal(21)),
    ]
    assert sum(line.tokens for line in lines) == sum(range(10))
    note = month_total(kind="credit_note", price=Decimal(-3))
    assert month_lines([*rows, note], most=20) == month_lines(rows, most=20)


def test_a_partner_issues_under_its_name_until_it_says_more() -> None:
    assert OpenIssuer(partner_id=PARTNER_ID, name="Northwind") in spec.when(partner_created()).commands()
    first = spec.given().when(OpenIssuer(partner_id=PARTNER_ID, name="Northwind")).events
    assert isinstance(first[0], IssuerSet)
    change = SetIssuer(partner_id=PARTNER_ID, prefix="NW", branding=branding())
    spec.given(*first).when(change).then(IssuerSet(**dict(change)))
    spec.given(*first, IssuerSet(**dict(change))).when(change).then()


def test_numbers_go_on_under_another_prefix() -> None:
    issuer = Issuer("INV", branding(), {"invoice": 7, "credit_note": 2})
    assert next_number(issuer, "invoice") == (8, "INV-000008")
    assert next_number(replace(issuer, prefix="NW"), "credit_note") == (3, "NW-CN-000003")
