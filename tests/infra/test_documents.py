"""Documents: the same bytes for ever, whole on every page, and readable without them."""

import json
import subprocess
import sys
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest
import typst

from infra.documents.html import credit_note_page, invoice_page
from infra.documents.pdf import compiler, credit_note_pdf, data_of, invoice_pdf
from infra.documents.sheet import invoice_sheet
from infra.documents.words import money, month, percent, what_for
from schemas.billing.invoices import Buyer
from schemas.billing.issuers import Branding
from schemas.billing.taxes import Taxation
from tests.support.builders import TENANT_ID
from tests.support.faces import SELLER, VAT, credit_note_face, face_line, invoice_face

INVOICE = "cfff3fbc1f2f3cc169ca98f4bfcfb045229fbce0faf5ce061bd4dbe3d97e00f5"
CREDIT_NOTE = "9e44f724f9b583333fd63862b19553ee4bd7d9617b72e34a75ff990566e90a68"
"""Template 1, as documents were issued with it: other bytes would be other documents."""

UNTAXED = Taxation(treatment="none")
ELSEWHERE = (
    "import hashlib; from infra.documents.pdf import invoice_pdf; "
    "from tests.support.faces import invoice_face; "
    "print(hashlib.sha256(invoice_pdf(invoice_face())).hexdigest())"
)


def test_a_document_has_the_bytes_it_was_issued_with() -> None:
    assert sha256(invoice_pdf(invoice_face())).hexdigest() == INVOICE
    assert sha256(credit_note_pdf(credit_note_face())).hexdigest() == CREDIT_NOTE


def test_another_process_at_another_time_makes_the_same_bytes() -> None:
    found = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        check=True,
        capture_output=True,
        text=True,
        env={"TZ": "Asia/Tokyo"},
    )
    assert found.stdout.strip() == INVOICE


def test_documents_before_do_not_change_the_next() -> None:
    invoice_pdf(invoice_face([face_line("1.00")] * 40))
    assert sha256(invoice_pdf(invoice_face())).hexdigest() == INVOICE


def test_it_is_made_to_be_kept_and_carries_its_figures() -> None:
    content = invoice_pdf(invoice_face())
    assert content.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>3</pdfaid:part>" in content
    assert b"/EmbeddedFiles" in content
    told = json.loads(data_of(invoice_face()))
    assert (told["number"], told["total"], told["seller"]["name"]) == ("NW-000042", "12.34", SELLER.name)
    assert not {"logo", "cost", "commission"} & (told["seller"].keys() | told["lines"][0].keys())


def pages(count: int) -> int:
    lines = [face_line("1.00", f"Workflow {number}") for number in range(count)]
    inputs = {"sheet": json.dumps(invoice_sheet(invoice_face(lines)))}
    found = compiler(1).compile(sys_inputs=inputs, format="png", ppi=20)
    return len(found) if isinstance(found, list) else 1


def test_a_long_invoice_goes_on_over_pages() -> None:
    assert [pages(count) for count in (1, 40, 300)] == [1, 2, 8]


def test_any_text_is_set_as_it_is() -> None:
    name = '#panic("no") $ \\ <b>*_@x` ' + "word" * 25
    assert invoice_pdf(invoice_face([face_line("1.00", name)])).startswith(b"%PDF")
    assert "&lt;b&gt;" in invoice_page(invoice_face([face_line("1.00", name)]))


def test_a_logo_that_is_no_picture_is_noticed() -> None:
    assert SELLER.logo is not None
    broken = SELLER.logo.model_copy(update={"media_type": "image/png"})
    with pytest.raises(typst.TypstError):
        invoice_pdf(invoice_face(seller=SELLER.model_copy(update={"logo": broken})))


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.scopes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scopes += any(name == "scope" for name, _ in attrs)
        assert tag not in ("script", "img", "link")

    def handle_data(self, data: str) -> None:
        self.text.append(data.strip())


def test_the_page_says_what_the_document_says() -> None:
    reader = Reader()
    reader.feed(invoice_page(invoice_face()))
    for told in (
        "Invoice NW-000042",
        "Acme Logistik AG",
        "Answer customer mails",
        "12.34",
        "31 October 2026",
    ):
        assert told in reader.text
    assert any("Reverse charge" in text for text in reader.text)
    assert reader.scopes == 5 + 1 + 3
    assert "142.80" in credit_note_page(credit_note_face())


@pytest.mark.parametrize(
    "said, expected",
    [
        (money(Decimal("1234567.5")), "1,234,567.50"),
        (money(Decimal("-0.05")), "\N{MINUS SIGN}0.05"),
        (percent(Decimal("7.7000")), "7.7 %"),
        (percent(Decimal(20)), "20 %"),
        (month("2026-09"), "September 2026"),
        (what_for("late_usage", "", "2026-08"), "Late usage for August 2026"),
        (what_for("carried_credit", "", "2026-08"), "Credit of August 2026"),
        (what_for("reversal", "Answer mails", ""), "Reversed calls of Answer mails"),
        (what_for("usage", "", ""), "Calls outside agents and workflows"),
    ],
)
def test_words_and_figures(said: str, expected: str) -> None:
    assert said == expected


def test_tax_and_prepaid_money_are_shown() -> None:
    amounts: dict[str, Any] = {
        "tax": Decimal("2.34"),
        "total": Decimal("14.68"),
        "prepaid": Decimal(4),
        "due": Decimal("10.68"),
    }
    sheet = invoice_sheet(invoice_face(taxation=VAT, **amounts))
    assert sheet["totals"][1:] == [
        ["VAT (19 %)", "2.34"],
        ["Total", "14.68"],
        ["Paid from prepaid balance", "\N{MINUS SIGN}4.00"],
    ]
    assert sheet["grand"][1] == "10.68"


def test_who_has_paid_in_advance_is_not_asked_to_pay() -> None:
    prepaid = invoice_face(prepaid=Decimal("12.34"), due=Decimal(0))
    sheet = invoice_sheet(prepaid)
    assert "Nothing is left to pay." in sheet["notes"]
    assert not [text for text in sheet["notes"] if "IBAN" in text or "Please pay" in text]
    assert "Due" not in [name for name, _ in sheet["facts"]]


def test_a_partner_that_said_nothing_but_its_name_can_issue() -> None:
    bare = invoice_face(
        seller=Branding(name="Northwind"), buyer=Buyer(tenant_id=TENANT_ID, name="Acme"), taxation=UNTAXED
    )
    assert invoice_pdf(bare).startswith(b"%PDF")
    assert [name for name, _ in invoice_sheet(bare)["totals"]] == ["Subtotal"]
