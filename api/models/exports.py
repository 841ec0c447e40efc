"""The proof file of an invoice."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.models.common import ID, OTHER_ID, example


class ProofFile(BaseModel):
    """SHA-256 of the document and of every file of `lines.{form}?per=…`; `proofs` by entry."""

    model_config = example(
        invoice_id=ID,
        number="NW-000042",
        document_hash="ab" * 32,
        files={"line.csv": "cd" * 32},
        entries=[f"ledger-{OTHER_ID}-2026-11@12"],
        proofs={},
    )

    invoice_id: UUID
    number: str | None
    document_hash: str | None
    files: dict[str, str]
    entries: list[str]
    proofs: dict[str, Any]
