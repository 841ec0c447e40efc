"""PDFs, set by typst: PDF/A-3b, with the document's data attached. The same face gives the same bytes.

Nothing of the machine gets in: fonts come from a pinned package, the time is the document's own.
"""

import asyncio
import json
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Literal

import typst
from pydantic_core import to_json

from infra.documents.sheet import Sheet, credit_note_sheet, invoice_sheet
from schemas.billing.invoices import CreditNoteFace, InvoiceFace

FOLDER = Path(__file__).parent
FONTS = str(files("fontpkg_source_sans_3") / "files")
STANDARD: Literal["a-3b"] = "a-3b"

SETTING = Lock()
"""A compiler is one document's at a time."""


class TypstDocuments:
    async def invoice(self, face: InvoiceFace) -> bytes:
        return await asyncio.to_thread(invoice_pdf, face)

    async def credit_note(self, face: CreditNoteFace) -> bytes:
        return await asyncio.to_thread(credit_note_pdf, face)


def invoice_pdf(face: InvoiceFace) -> bytes:
    return pdf(invoice_sheet(face), data_of(face), face.issued_at, face.template)


def credit_note_pdf(face: CreditNoteFace) -> bytes:
    return pdf(credit_note_sheet(face), data_of(face), face.issued_at, face.template)


def data_of(face: InvoiceFace | CreditNoteFace) -> str:
    """What is attached: the figures, without the picture that is on the page already."""
    kind = InvoiceFace if isinstance(face, InvoiceFace) else CreditNoteFace
    told = face.model_dump(include=set(kind.model_fields), exclude={"seller": {"logo"}, "postings": True})
    return to_json(told, indent=2).decode()


def pdf(sheet: Sheet, data: str, at: datetime, template: int) -> bytes:
    with SETTING:
        compiled = compiler(template).compile(
            sys_inputs=inputs_of(sheet, data),
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=int(at.timestamp()),
        )
    assert isinstance(compiled, bytes)
    return compiled


def inputs_of(sheet: Sheet, data: str) -> dict[str, str]:
    return {"sheet": json.dumps(sheet), "data": data}


@lru_cache
def compiler(template: int) -> typst.Compiler:
    """A template never changes once documents were made from it: a new look is a new number."""
    folder = FOLDER / f"v{template}"
    return typst.Compiler(
        str(folder / "document.typ"), root=str(folder), font_paths=[FONTS], ignore_system_fonts=True
    )
