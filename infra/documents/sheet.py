"""What a document says, in words: one sheet, which the PDF and the HTML page are both set from."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from infra.documents.words import count, day, money, month, percent, what_for
from schemas.billing.invoices import Buyer, CreditNoteFace, InvoiceFace, InvoiceLine
from schemas.billing.issuers import Branding

Sheet = dict[str, Any]

BY_CALLS = ("usage", "other")
PLATFORM = Branding(name="HireBuddha")


def invoice_sheet(face: InvoiceFace) -> Sheet:
    issued = face.issued_at.astimezone(UTC)
    due = face.due_at.astimezone(UTC)
    return {
        "title": "Invoice",
        "number": face.number,
        **people(face.seller, face.buyer),
        "facts": [
            ["Invoice number", face.number],
            ["Date of issue", day(issued)],
            ["Service period", month(face.period)],
            *([["Due", day(due)]] if face.due > 0 else []),
        ],
        "columns": ["Agent or workflow", "Model", "Calls", "Tokens", f"Amount ({face.currency})"],
        "lines": [line(one) for one in face.lines],
        "totals": totals(face),
        "grand": [f"Amount due ({face.currency})", money(face.due)],
        "notes": notes(face.taxation.note, *payment(face)),
    }


def credit_note_sheet(face: CreditNoteFace) -> Sheet:
    return {
        "title": "Credit note",
        "number": face.number,
        **people(face.seller, face.buyer),
        "facts": [
            ["Credit note number", face.number],
            ["Date of issue", day(face.issued_at.astimezone(UTC))],
            ["Corrects invoice", face.invoice_number],
        ],
        "columns": ["Description", f"Amount ({face.currency})"],
        "lines": [[[one.description, ""], money(one.amount)] for one in face.lines],
        "totals": [["Subtotal", money(face.subtotal)], *tax_line(face)],
        "grand": [f"Amount credited ({face.currency})", money(face.total)],
        "notes": notes(face.taxation.note, f"Reason: {face.reason}", ""),
    }


def statement_sheet(name: str, period: str, tenants: Sequence[Sequence[str]], total: Sequence[str]) -> Sheet:
    """What a partner earned of the platform: rows of tenant, calls, price, commission."""
    return {
        "title": "Partner statement",
        "number": period,
        **people(PLATFORM, None),
        "recipient": [name],
        "facts": [["Period", month(period)], ["Currency", "USD"]],
        "columns": ["Tenant", "Calls", "Price (USD)", "Commission (USD)"],
        "lines": [[[row[0], ""], *row[1:]] for row in tenants],
        "totals": [["Prices of your tenants", total[0]]],
        "grand": ["Commission earned (USD)", total[1]],
        "notes": ["Amounts are sums of ledger entries, shown in cents."],
    }


def people(seller: Branding, buyer: Buyer | None) -> Sheet:
    logo = seller.logo
    to = [] if buyer is None else [buyer.name, *buyer.address, *filter(None, [buyer.country, vat(buyer)])]
    return {
        "seller": seller.name,
        "address": [*seller.address, *([seller.country] if seller.country else [])],
        "tax_ids": list(seller.tax_ids),
        "colour": seller.colour,
        "logo": list(logo.content) if logo else None,
        "logo_format": logo.media_type.split("/")[1].split("+")[0] if logo else None,
        "footer": seller.footer,
        "recipient": to,
    }


def vat(buyer: Buyer) -> str | None:
    return f"VAT ID {buyer.vat_id}" if buyer.vat_id else None


def line(one: InvoiceLine) -> list[Any]:
    """A name with what it is under it, then the columns."""
    what = [what_for(one.kind, one.source_name, one.about_period), one.source_kind.capitalize()]
    counts = [count(one.calls), count(one.tokens)] if one.kind in BY_CALLS else ["", ""]
    return [what, one.model, *counts, money(one.amount)]


def payment(face: InvoiceFace) -> tuple[str, ...]:
    if face.due <= 0:
        return ("Nothing is left to pay.",)
    return f"Please pay by {day(face.due_at.astimezone(UTC))}.", face.seller.payment_details


def totals(face: InvoiceFace) -> list[list[str]]:
    rows = [["Subtotal", money(face.subtotal)], *tax_line(face)]
    if face.prepaid:
        rows += [["Total", money(face.total)], ["Paid from prepaid balance", money(-face.prepaid)]]
    return rows


def tax_line(face: InvoiceFace | CreditNoteFace) -> list[list[str]]:
    tax = face.taxation
    if tax.treatment == "none" and not tax.note:
        return []
    if tax.treatment == "none":
        return [[tax.name, money(face.tax)]]
    rate = percent(tax.percent) if tax.treatment == "domestic" else tax.treatment.replace("_", " ")
    return [[f"{tax.name} ({rate})", money(face.tax)]]


def notes(*texts: str) -> list[str]:
    return [text for text in texts if text]
