"""Text of people's in files other people open: nothing in it runs."""

import csv
import io
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from infra.documents.html import invoice_page
from infra.exports.table import Column
from infra.exports.text import Csv
from tests.support.faces import SELLER, face_line, invoice_face

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＠x",
    '=HYPERLINK("http://e.example")',
]
SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "&lt;script&gt;",
    "{{ 7*7 }} ${7*7} #{7*7}",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    """Text only: a negative amount stays a number."""
    assert read_back(text) == [["'" + text.replace("\r", "\n"), "-1"]]


@pytest.mark.parametrize("text", ["x\r=1+1,y", "x\r\n=1+1,y", 'x",=1+1,"y', "x\n=1+1"])
def test_no_cell_of_a_table_begins_another(text: str) -> None:
    assert read_back(text) == [[text.replace("\r\n", "\n").replace("\r", "\n"), "-1"]]


def read_back(text: str) -> list[list[str]]:
    """As readers do that take every line break for the end of a row."""
    written = Csv((Column("name"), Column("price", "amount"))).rows([(text, Decimal(-1))])
    return list(csv.reader(io.StringIO(written.decode(), newline="")))


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(text: str) -> Page:
    seller = SELLER.model_copy(
        update={"name": text, "footer": text, "address": (text,), "payment_details": text, "tax_ids": (text,)}
    )
    page = Page()
    page.feed(invoice_page(invoice_face([face_line(name=text)], seller=seller)))
    return page


@pytest.mark.parametrize("text", SCRIPTS)
def test_no_name_on_an_invoice_is_markup(text: str) -> None:
    """The page has the tags and attributes it has anyway, and says the name as it is."""
    assert read(text).tags == read("plain").tags
    assert read(text).text.count(text) >= 4
