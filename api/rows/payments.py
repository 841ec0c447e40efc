"""Payments and dunning as the read side has them."""

from projections.dunning.queries import Case as CaseRow
from projections.dunning.queries import Standing as StandingRow
from projections.payment_accounts.queries import PaymentAccount as AccountRow
from projections.payments.queries import Payment as PaymentRow
from projections.payments.queries import PaymentEntry as EntryRow

__all__ = ["AccountRow", "CaseRow", "EntryRow", "PaymentRow", "StandingRow"]
