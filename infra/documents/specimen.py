"""An invoice of nothing, to see whether a branding can be set."""

from datetime import UTC, datetime

from infra.documents.pdf import pdf
from infra.documents.sheet import people
from schemas.billing.issuers import Branding

TEMPLATE = 1
DAY = datetime(2026, 1, 1, tzinfo=UTC)
EMPTY = {
    "title": "Invoice",
    "number": "0",
    "facts": [["Invoice number", "0"]],
    "columns": ["Description", "Amount (USD)"],
    "lines": [],
    "totals": [],
    "grand": ["Amount due (USD)", "0.00"],
    "notes": [],
}


def specimen(branding: Branding) -> bytes:
    return pdf({**EMPTY, **people(branding, None), "recipient": ["Specimen"]}, "", DAY, TEMPLATE)
