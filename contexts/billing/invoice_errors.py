"""Why documents are not issued, or not corrected."""

from contexts.kernel import Rejection


class NoTaxRate(Rejection):
    code = "billing.no_tax_rate"
    kind = "conflict"


class NoIssuer(Rejection):
    code = "billing.no_issuer"
    kind = "conflict"


class LinesDoNotAddUp(Rejection):
    """The read model and the closed ledger disagree about a month: an invoice of it would be wrong."""

    code = "billing.lines_do_not_add_up"
    kind = "conflict"


class InvoiceNotFound(Rejection):
    code = "billing.invoice_not_found"
    kind = "not_found"


class InvoiceNotBlocked(Rejection):
    code = "billing.invoice_not_blocked"
    kind = "conflict"


class InvoiceNotIssued(Rejection):
    code = "billing.invoice_not_issued"
    kind = "conflict"


class CreditExceedsInvoice(Rejection):
    code = "billing.credit_exceeds_invoice"
    kind = "conflict"


class CreditNoteExists(Rejection):
    code = "billing.credit_note_exists"
    kind = "conflict"
