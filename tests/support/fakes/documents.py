"""Documents as JSON: as many bytes as there is to say, the same for the same face."""

from collections.abc import Callable

from schemas.billing.invoices import CreditNoteFace, InvoiceFace


class PlainDocuments:
    """`meanwhile` happens before each document is made."""

    meanwhile: Callable[[], None] | None = None

    async def invoice(self, face: InvoiceFace) -> bytes:
        if self.meanwhile:
            self.meanwhile()
        return face.model_dump_json().encode()

    async def credit_note(self, face: CreditNoteFace) -> bytes:
        return face.model_dump_json().encode()
