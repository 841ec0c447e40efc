"""What a month of more credit than use leaves is taken by the invoices after it, whoever issues at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

from contexts.billing.carryover import Carryover
from infra.eventstore.types import Batch
from schemas.billing.carryover import CARRIED, CarriedCredit, CreditCarried
from schemas.billing.corrections import AdjustmentPosted
from schemas.billing.invoices import InvoiceIssued, InvoiceNumbered, InvoiceSkipped
from tests.scenarios.test_invoices import insist
from tests.support.builders import NOW, PARTNER_ID, TENANT_ID
from tests.support.harness import Harness
from tests.support.invoices import (
    INVOICE_ID,
    close_month,
    draw_up,
    month_line,
    numbered,
    post,
    requested,
    row,
)
from tests.support.money import settled
from tests.support.months import PERIOD
from tests.support.story import given_tenant

NOTHING = Decimal(0)
CARRYOVER = f"carryover-{TENANT_ID}"
LATER = [f"2027-{number:02}" for number in range(1, 9)]


def credit(amount: str) -> AdjustmentPosted:
    return AdjustmentPosted(
        adjustment_id=uuid4(),
        tenant_id=TENANT_ID,
        partner_id=PARTNER_ID,
        period=PERIOD,
        kind="credit",
        about_period=PERIOD,
        reason="an outage",
        cost=NOTHING,
        price=-Decimal(amount),
        commission=NOTHING,
        postings=(),
    )


def taken(face: InvoiceNumbered | InvoiceIssued) -> list[tuple[str, Decimal]]:
    return [(line.about_period, -line.amount) for line in face.lines if line.kind == CARRIED]


def test_a_month_of_more_credit_than_use_lowers_the_next_invoice() -> None:
    h = Harness()
    given_tenant(h)
    post(h, credit("4"))
    skipped = close_month(h)
    h.run()
    assert isinstance(h.events(f"invoice-{skipped}")[-1], InvoiceSkipped)
    call = settled().model_copy(update={"price": Decimal(10)})
    post(h, call, period=LATER[0])
    after = close_month(h, period=LATER[0])
    h.run()
    issued = h.events(f"invoice-{after}")[-1]
    assert isinstance(issued, InvoiceIssued)
    assert (taken(issued), issued.total) == ([(PERIOD, Decimal(4))], Decimal(6))
    assert h.state(CARRYOVER) == Carryover()


def test_processes_that_issue_at_once_neither_lose_credit_nor_take_it_twice() -> None:
    """Every other month leaves credit, which takes no number: the credit is all such months share."""
    h = Harness()
    given_tenant(h)
    h.run()
    prices = {period: "10" if number % 2 else "-15" for number, period in enumerate(LATER)}
    asked = [requested(price, period=period) for period, price in prices.items()]
    rows = [row(f"invoice-{event.invoice_id}", 1, event, TENANT_ID) for event in asked]
    h.store.commit(Batch(NOW, rows=[*rows, row(CARRYOVER, 1, carried("45"), TENANT_ID)]))
    wishes = [draw_up(month_line(str(event.price)), invoice_id=event.invoice_id) for event in asked]
    with ThreadPoolExecutor(len(wishes)) as threads:
        list(threads.map(lambda wish: insist(h, wish), wishes))
    invoices = [numbered(h, event.invoice_id) for event in asked if event.price > 0]
    parts = Counter[str]()
    for period, amount in [part for face in invoices for part in taken(face)]:
        parts[period] += int(amount)
    assert sum(parts.values()) == 40
    for one in h.state(CARRYOVER).left:
        parts[one.period] += int(one.amount)
    assert parts == {PERIOD: 45} | {period: 15 for period, price in prices.items() if price == "-15"}


def carried(amount: str) -> CreditCarried:
    left = (CarriedCredit(period=PERIOD, amount=Decimal(amount)),)
    return CreditCarried(
        tenant_id=TENANT_ID, invoice_id=INVOICE_ID, period=PERIOD, left=left, prepaid=NOTHING
    )
