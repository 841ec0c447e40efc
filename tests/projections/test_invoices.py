from decimal import Decimal
from typing import Any
from uuid import UUID

from projections.invoices import queries
from projections.month_totals import queries as months
from schemas.base import PLATFORM
from schemas.billing import invoices as i
from schemas.billing.carryover import CARRIED, CarriedCredit, CreditCarried
from schemas.billing.issuers import IssuerSet
from schemas.billing.taxes import TaxProfileSet, TaxRateSet
from tests.projections.world import PARTNER, TENANT, World
from tests.support.faces import SELLER, credit_note_face, face_line, invoice_face
from tests.support.invoices import buyer_profile, tax_rate

OWN: dict[str, Any] = {"tenant_id": TENANT, "partner_id": PARTNER, "issuer": PARTNER}
FACE = invoice_face(**OWN)
NOTE = credit_note_face(**OWN)
ID = FACE.invoice_id
STREAM = f"invoice-{ID}"
HASH = "ab" * 32
MONTHS = ("2026-08", "2026-09", "2026-10")
REQUESTED = i.InvoiceRequested(
    invoice_id=ID, tenant_id=TENANT, partner_id=PARTNER, period="2026-09", price=Decimal("12.34")
)
NUMBERED = i.InvoiceNumbered(**dict(FACE))
ISSUED = i.InvoiceIssued(**dict(FACE), document_hash=HASH)
BLOCKED = i.InvoiceBlocked(invoice_id=ID, code="billing.no_tax_rate", detail="no tax rate is in force")


async def test_an_invoice_from_its_month_to_its_document(world: World) -> None:
    told = []
    for event in (REQUESTED, BLOCKED, REQUESTED, NUMBERED, ISSUED):
        await world.given(world.record(STREAM, event))
        row = await queries.get(world.conn, ID)
        assert row
        told.append((row.status, row.problem_code, row.number, row.document_hash))
    assert told == [
        ("requested", None, None, None),
        ("blocked", "billing.no_tax_rate", None, None),
        ("requested", None, None, None),
        ("numbered", None, "NW-000042", None),
        ("issued", None, "NW-000042", HASH),
    ]


async def test_all_in_one_batch_is_the_same(world: World) -> None:
    await world.given(world.record(STREAM, REQUESTED, BLOCKED, REQUESTED, NUMBERED, ISSUED))
    [row] = await queries.list_page(world.conn, tenant_id=TENANT, status="issued")
    assert (row.number, row.total, row.problem_code) == ("NW-000042", Decimal("12.34"), None)
    assert row.face is not None
    assert i.InvoiceFace.model_validate(row.face) == FACE
    assert await queries.list_page(world.conn, status="blocked") == []


async def test_a_credit_note_is_told_of_its_invoice_and_of_its_month(world: World) -> None:
    await world.given(world.record(STREAM, REQUESTED, NUMBERED, ISSUED))
    numbered = i.CreditNoteNumbered(**dict(NOTE))
    await world.given(world.record(STREAM, numbered, i.CreditNoteIssued(**dict(NOTE), document_hash=HASH)))
    row = await queries.get(world.conn, ID)
    [note] = await queries.credit_notes(world.conn, ID)
    assert row
    assert (row.credited, note.document_hash) == (Decimal("142.80"), HASH)
    assert i.CreditNoteFace.model_validate(note.face) == NOTE
    [month] = await months.of_tenant(world.conn, TENANT, "2026-10")
    assert (month.kind, month.price) == ("credit_note", Decimal(-120))


async def test_a_month_is_told_what_credit_its_invoice_takes_or_took(world: World) -> None:
    left = CreditCarried(
        tenant_id=TENANT,
        invoice_id=UUID(int=8),
        period="2026-08",
        left=(CarriedCredit(period="2026-08", amount=Decimal(40)),),
        prepaid=Decimal(0),
    )
    await world.given(world.record(f"carryover-{TENANT}", left))
    await world.given(world.record(STREAM, REQUESTED))
    told = {period: await queries.carried_to(world.conn, TENANT, period) for period in MONTHS}
    assert told == {"2026-08": [], "2026-09": [*left.left], "2026-10": [*left.left]}
    line = face_line("-30.00", kind=CARRIED, about_period="2026-08")
    face = invoice_face([face_line("30.00"), line], **OWN)
    rest = left.model_copy(update={"left": (CarriedCredit(period="2026-08", amount=Decimal(10)),)})
    await world.given(world.record(STREAM, i.InvoiceNumbered(**dict(face))))
    await world.given(world.record(f"carryover-{TENANT}", rest))
    told = {period: await queries.carried_to(world.conn, TENANT, period) for period in MONTHS}
    taken = CarriedCredit(period="2026-08", amount=Decimal("30.00"))
    assert told == {"2026-08": [], "2026-09": [taken], "2026-10": [*rest.left]}


async def test_who_issues_and_what_taxes_are(world: World) -> None:
    issuer = IssuerSet(partner_id=PARTNER, prefix="NW", branding=SELLER)
    await world.given(world.record(f"issuer-{PARTNER}", issuer, tenant=PLATFORM))
    await world.given(
        world.record("tax_rates-system", TaxRateSet(rate=tax_rate("DE", "19")), tenant=PLATFORM)
    )
    profile = TaxProfileSet(tenant_id=TENANT, profile=buyer_profile(vat_id="DE123456789"))
    await world.given(world.record(f"tax_profile-{TENANT}", profile))
    found = await queries.issuer(world.conn, PARTNER)
    assert found
    assert (found.prefix, found.branding["name"]) == ("NW", SELLER.name)
    assert [rate.percent for rate in await queries.tax_rates(world.conn)] == [19]
    assert (await queries.tax_profile(world.conn, TENANT) or {})["vat_id"] == "DE123456789"
    assert await queries.issuer(world.conn, UUID(int=1)) is None
