from contexts.kernel import Rejection

NO_RATE = "billing.no_rate"
BUDGET_EXCEEDED = "billing.budget_exceeded"
"""Codes of CallRefused: others react to it, so it is an event and no Rejection."""


class RateInThePast(Rejection):
    code = "billing.rate_in_the_past"
    kind = "conflict"


class CallNotOpen(Rejection):
    code = "billing.call_not_open"
    kind = "conflict"


class NoPartner(Rejection):
    """Whoever sent this does not know whose partner's tenant it is: the commission would have no owner."""

    code = "billing.no_partner"
    kind = "invalid"


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
