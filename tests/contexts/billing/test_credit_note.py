from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contexts.billing.issuer import Issuer
from contexts.billing.registry import REGISTRY
from schemas.base import Event
from schemas.billing.invoices import (
    CreditInvoice,
    CreditLine,
    CreditNoteFace,
    CreditNoteIssued,
    CreditNoteNumbered,
    InvoiceIssued,
    IssueCreditNote,
)
from schemas.billing.issuers import NumberTaken
from tests.contexts.billing.test_invoice import HASH, OWED, drawn_up, owed_by
from tests.support.invoices import INVOICE_ID, branding, document_facts, requested
from tests.support.spec import Spec

spec = Spec(REGISTRY)
NOTE_ID = UUID(int=70)
FACTS = document_facts(issuer=Issuer("NW", branding(), {"invoice": 9, "credit_note": 2}))


def issued(price: str = "100.00", *prices: str) -> tuple[Event, ...]:
    numbered = drawn_up(price, *prices)
    face = {name: getattr(numbered, name) for name in type(numbered).model_fields}
    return requested(price), numbered, InvoiceIssued(**face, document_hash=HASH)


def credit(amount: str = "30.00", **changes: Any) -> CreditInvoice:
    line = CreditLine(description="Answered twice", amount=Decimal(amount))
    defaults = {"invoice_id": INVOICE_ID, "credit_note_id": NOTE_ID, "reason": "outage", "lines": (line,)}
    return CreditInvoice(**{**defaults, **changes})


def credited(*before: Event, wish: CreditInvoice) -> CreditNoteNumbered:
    event = spec.given(*before).knowing(FACTS).when(wish).events[0]
    assert isinstance(event, CreditNoteNumbered)
    return event


def test_a_credit_note_has_a_number_of_its_own_series_and_its_invoices_tax() -> None:
    note, taken = spec.given(*issued()).knowing(FACTS).when(credit()).events
    assert isinstance(note, CreditNoteNumbered)
    assert isinstance(taken, NumberTaken)
    assert (note.number, taken.series, taken.sequence) == ("NW-CN-000003", "credit_note", 3)
    assert (note.subtotal, note.tax, note.total) == (Decimal(30), Decimal("5.70"), Decimal("35.70"))
    assert owed_by(note.postings) == Decimal("-35.70")
    assert {leg.account for leg in note.postings} == {OWED, "revenue:platform", "tax:DE"}


def test_the_same_credit_twice_is_one() -> None:
    note = credited(*issued(), wish=credit())
    spec.given(*issued(), note).knowing(FACTS).when(credit()).then()
    other = spec.given(*issued(), note).knowing(FACTS).when(credit("31.00"))
    other.refused("billing.credit_note_exists")


def test_no_more_is_taken_back_than_was_invoiced() -> None:
    spec.given(*issued()).knowing(FACTS).when(credit("100.01")).refused("billing.credit_exceeds_invoice")
    note = credited(*issued(), wish=credit())
    second = credit("70.01", credit_note_id=UUID(int=71))
    spec.given(*issued(), note).knowing(FACTS).when(second).refused("billing.credit_exceeds_invoice")


def test_only_an_issued_invoice_is_corrected() -> None:
    spec.given(requested()).knowing(FACTS).when(credit()).refused("billing.invoice_not_issued")
    spec.given().knowing(FACTS).when(credit()).refused("billing.invoice_not_found")


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=6))
def test_credited_whole_an_invoice_leaves_no_tax_behind(parts: list[int]) -> None:
    """However it is cut up."""
    events = list(issued("100.00", "99.99", "0.01"))
    left = Decimal("100.00")
    for number, part in enumerate([*parts, 0]):
        amount = min(Decimal(part) / 100, left) if number < len(parts) else left
        if amount:
            wish = credit(str(amount), credit_note_id=UUID(int=100 + number))
            events.append(credited(*events, wish=wish))
            left -= amount
    notes = [event for event in events if isinstance(event, CreditNoteNumbered)]
    assert sum(note.subtotal for note in notes) == Decimal("100.00")
    assert sum(note.tax for note in notes) == Decimal("19.00")
    assert all(note.tax >= 0 for note in notes)


def test_a_credit_note_is_issued_with_the_hash_of_its_document() -> None:
    note = credited(*issued(), wish=credit())
    issue = IssueCreditNote(invoice_id=INVOICE_ID, credit_note_id=NOTE_ID, document_hash=HASH)
    face = {name: getattr(note, name) for name in CreditNoteFace.model_fields}
    done = CreditNoteIssued(**face, document_hash=HASH)
    spec.given(*issued(), note).when(issue).then(done)
    spec.given(*issued(), note, done).when(issue).then()
