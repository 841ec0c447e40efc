"""A month is closed, an invoice comes of it; numbers have no gaps, whoever issues at once and dies."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus import wiring
from bus.admission import Admission
from bus.decider import Decider
from bus.publisher import seal
from infra.eventstore.types import Batch, Conflict
from schemas.base import TenantId
from schemas.billing.invoices import (
    CreditInvoice,
    CreditLine,
    CreditNoteIssued,
    InvoiceBlocked,
    InvoiceFace,
    InvoiceIssued,
    InvoiceNumbered,
    InvoiceSkipped,
    RetryInvoice,
)
from schemas.billing.issuers import NumberTaken, SetIssuer
from schemas.billing.taxes import SetTaxProfile, SetTaxRate
from tests.support.builders import (
    NOW,
    PARTNER_ID,
    SYSTEM,
    TENANT_ID,
    app_admin,
    new_user,
    partner_admin,
    provision_tenant,
)
from tests.support.fakes.clock import FakeClock
from tests.support.harness import LIMITS, Harness, request
from tests.support.invoices import (
    INVOICE,
    INVOICE_ID,
    ISSUER,
    branding,
    buyer_profile,
    close_month,
    draw_up,
    month_line,
    numbered,
    post,
    requested,
    row,
)
from tests.support.killed import WorkerKilled
from tests.support.money import settled
from tests.support.story import accept, given_tenant, names


def given_use(h: Harness, tenant_id: TenantId = TENANT_ID, calls: int = 3) -> None:
    for number in range(calls):
        call = settled(f"answer-{number}")
        dearer = {"price": Decimal(10), "commission": Decimal(2), "cost": Decimal(7)}
        post(h, call.model_copy(update={"tenant_id": tenant_id, **dearer}), tenant_id)


def given_taxes(h: Harness) -> None:
    accept(h.submit(SetTaxRate(jurisdiction="DE", name="VAT", percent=Decimal(19)), as_=app_admin()))
    issuer = SetIssuer(partner_id=PARTNER_ID, prefix="NW", branding=branding())
    accept(h.submit(issuer, as_=partner_admin()))
    profile = SetTaxProfile(tenant_id=TENANT_ID, profile=buyer_profile(address=("Hafenweg 3",)))
    accept(h.submit(profile, as_=partner_admin()))


def test_a_closed_month_is_invoiced_with_the_hash_of_its_document() -> None:
    h = Harness()
    given_tenant(h)
    given_taxes(h)
    given_use(h)
    close_month(h)
    h.run()
    assert names(h.events(INVOICE)) == ["requested", "numbered", "issued"]
    issued = h.events(INVOICE)[-1]
    assert isinstance(issued, InvoiceIssued)
    assert (issued.number, issued.total, issued.buyer.name) == ("NW-000001", Decimal("35.70"), "Acme AG")
    document = InvoiceNumbered(**{name: getattr(issued, name) for name in InvoiceFace.model_fields})
    assert issued.document_hash == sha256(document.model_dump_json().encode()).hexdigest()


def test_a_month_without_use_takes_no_number() -> None:
    h = Harness()
    given_tenant(h)
    close_month(h)
    h.run()
    assert isinstance(h.events(INVOICE)[-1], InvoiceSkipped)
    assert [e for e in h.events(ISSUER) if isinstance(e, NumberTaken)] == []


def test_what_blocks_an_invoice_is_seen_put_right_and_tried_again() -> None:
    h = Harness()
    given_tenant(h)
    issuer = SetIssuer(partner_id=PARTNER_ID, prefix="NW", branding=branding())
    accept(h.submit(issuer, as_=partner_admin()))
    given_use(h)
    close_month(h)
    h.run()
    assert isinstance(h.events(INVOICE)[-1], InvoiceBlocked)
    given_taxes(h)
    retry = seal_for(RetryInvoice(invoice_id=INVOICE_ID))
    decider(h).process([request(retry)])
    h.run()
    assert names(h.events(INVOICE)) == ["requested", "blocked", "requested", "numbered", "issued"]


def test_an_invoice_is_corrected_by_a_credit_note() -> None:
    h = Harness()
    given_tenant(h)
    given_use(h)
    close_month(h)
    h.run()
    line = CreditLine(description="Answered twice", amount=Decimal(10))
    wish = CreditInvoice(invoice_id=INVOICE_ID, credit_note_id=UUID(int=7), reason="outage", lines=(line,))
    decider(h).process([request(seal_for(wish))])
    h.run()
    note = h.events(INVOICE)[-1]
    assert isinstance(note, CreditNoteIssued)
    assert (note.number, note.total, note.invoice_number) == ("INV-CN-000001", Decimal(10), "INV-000001")


class EverySecond:
    """Kills the worker that makes the first document, the third, and so on."""

    def __init__(self) -> None:
        self.deaths = self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        if self.calls % 2:
            self.deaths += 1
            raise WorkerKilled


TENANTS = [TenantId(UUID(int=1000 + number)) for number in range(12)]


def given_many(h: Harness) -> None:
    given_tenant(h)
    for number, tenant_id in enumerate(TENANTS):
        owner = new_user(f"owner-{number}@example.com", user_id=uuid4())
        new = provision_tenant(tenant_id=tenant_id, subdomain=f"tenant-{number}", owner=owner)
        accept(h.submit(new, as_=partner_admin()))
        given_use(h, tenant_id)
    h.run()


@pytest.mark.parametrize("seed", range(6))
def test_numbers_have_no_gaps_however_it_is_delivered_and_whoever_dies(seed: int) -> None:
    h = Harness(seed)
    dying = h.documents.meanwhile = EverySecond()
    given_many(h)
    invoices = [close_month(h, tenant_id) for tenant_id in TENANTS]
    h.run()
    found = sorted(numbered(h, id_).number for id_ in invoices)
    assert found == [f"INV-{n:06d}" for n in range(1, len(TENANTS) + 1)], f"seed {seed}"
    assert dying.deaths >= len(TENANTS)
    assert all(isinstance(h.events(f"invoice-{id_}")[-1], InvoiceIssued) for id_ in invoices)


def test_processes_that_issue_at_once_never_share_a_number() -> None:
    h = Harness()
    given_many(h)
    asked = [requested("10", tenant_id) for tenant_id in TENANTS]
    for event in asked:
        h.store.commit(Batch(NOW, rows=[row(f"invoice-{event.invoice_id}", 1, event, event.tenant_id)]))
    wishes = [
        draw_up(month_line(), invoice_id=event.invoice_id, tenant_id=event.tenant_id) for event in asked
    ]
    with ThreadPoolExecutor(len(wishes)) as threads:
        list(threads.map(lambda wish: insist(h, wish), wishes))
    taken = [event for event in h.events(ISSUER) if isinstance(event, NumberTaken)]
    assert [event.sequence for event in taken] == list(range(1, len(TENANTS) + 1))
    assert {event.document_id for event in taken} == {event.invoice_id for event in asked}
    assert sorted(numbered(h, event.invoice_id).number for event in asked) == [e.number for e in taken]


def insist(h: Harness, wish: Any) -> None:
    """A process of its own for each: what it could not decide comes to it again."""
    mine = decider(h)
    envelope = seal_for(wish, wish.tenant_id)
    while True:
        try:
            [answer] = mine.process([request(envelope)])
            assert answer.refusal is None, answer.refusal
            return
        except Conflict:
            continue


def decider(h: Harness) -> Decider:
    return Decider(h.store, wiring.HANDLERS, wiring.FACTS, FakeClock(NOW), Admission(LIMITS))


def seal_for(command: Any, tenant_id: TenantId = TENANT_ID) -> Any:
    return seal(command, tenant_id=tenant_id, partner_id=PARTNER_ID, actor=SYSTEM, message_id=uuid4())
