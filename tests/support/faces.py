"""Documents' faces, whole: what the PDF tests set."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contexts.billing.tax import REVERSE_CHARGE
from schemas.billing.invoices import Buyer, CreditLine, CreditNoteFace, InvoiceFace, InvoiceLine
from schemas.billing.issuers import Branding, Logo
from schemas.billing.taxes import Taxation
from tests.support.builders import PARTNER_ID, TENANT_ID

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="8" '
    'fill="#0f766e"/><path d="M10 28 20 10 30 28" stroke="white" stroke-width="4" fill="none"/></svg>'
)
LOGO = Logo(media_type="image/svg+xml", data=base64.b64encode(SVG.encode()).decode())
SELLER = Branding(
    name="Northwind Automation GmbH",
    address=("Speicherstraße 12", "20457 Hamburg"),
    country="DE",
    tax_ids=("VAT ID DE123456789", "HRB 44512 Hamburg"),
    colour="#0f766e",
    logo=LOGO,
    payment_details="IBAN DE02 1203 0000 0000 2020 51. Please quote the invoice number.",
    footer="Northwind Automation GmbH · Managing director: Ada Example",
)
BUYER = Buyer(
    tenant_id=TENANT_ID,
    name="Acme Logistik AG",
    address=("Hafenweg 3", "1010 Wien"),
    country="AT",
    vat_id="ATU12345678",
)
REVERSED = Taxation(treatment="reverse_charge", jurisdiction="AT", name="VAT", note=REVERSE_CHARGE)
VAT = Taxation(treatment="domestic", jurisdiction="DE", name="VAT", percent=Decimal(19))
ISSUED = datetime(2026, 10, 1, 8, tzinfo=UTC)
WHOSE: dict[str, Any] = {"issuer": PARTNER_ID, "tenant_id": TENANT_ID, "partner_id": PARTNER_ID}


def face_line(amount: str = "12.34", name: str = "Answer customer mails", **changes: Any) -> InvoiceLine:
    defaults = {
        "kind": "usage",
        "source_kind": "workflow",
        "source_id": "w1",
        "source_name": name,
        "model": "local/smollm2",
        "about_period": "",
        "calls": 1204,
        "tokens": 516_000,
        "price": Decimal(amount),
        "amount": Decimal(amount),
    }
    return InvoiceLine(**{**defaults, **changes})


def invoice_face(lines: Sequence[InvoiceLine] = (face_line(),), **changes: Any) -> InvoiceFace:
    subtotal = sum((line.amount for line in lines), Decimal(0))
    defaults = {
        **WHOSE,
        "invoice_id": UUID(int=1),
        "number": "NW-000042",
        "period": "2026-09",
        "seller": SELLER,
        "buyer": BUYER,
        "lines": tuple(lines),
        "subtotal": subtotal,
        "taxation": REVERSED,
        "tax": Decimal("0.00"),
        "total": subtotal,
        "due": subtotal,
        "residual": Decimal(0),
        "postings": (),
        "issued_at": ISSUED,
        "due_at": datetime(2026, 10, 31, 8, tzinfo=UTC),
    }
    return InvoiceFace(**{**defaults, **changes})


def credit_note_face(**changes: Any) -> CreditNoteFace:
    defaults = {
        **WHOSE,
        "credit_note_id": UUID(int=3),
        "number": "NW-CN-000003",
        "invoice_id": UUID(int=1),
        "invoice_number": "NW-000042",
        "reason": "Calls of 14 September were answered twice.",
        "seller": SELLER,
        "buyer": BUYER,
        "lines": (CreditLine(description="Repeated calls", amount=Decimal("120.00")),),
        "subtotal": Decimal("120.00"),
        "taxation": VAT,
        "tax": Decimal("22.80"),
        "total": Decimal("142.80"),
        "postings": (),
        "issued_at": ISSUED,
    }
    return CreditNoteFace(**{**defaults, **changes})
