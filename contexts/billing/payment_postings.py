"""The double entries of money that comes and goes."""

from decimal import Decimal

from contexts.billing.payment import Payment
from schemas.billing.types import Posting

BAD_DEBT = "bad_debt"


def entry(debit: str, credit: str, amount: Decimal) -> tuple[Posting, ...]:
    return (
        Posting(account=debit, side="debit", amount=amount),
        Posting(account=credit, side="credit", amount=amount),
    )


def owed(payment: Payment) -> str:
    """What was written off is owed no more: if it comes after all, bad debt becomes less."""
    return BAD_DEBT if payment.status == "written_off" else f"receivable:{payment.tenant_id}"


def received(payment: Payment, provider: str, amount: Decimal) -> tuple[Posting, ...]:
    return entry(f"cash:{provider}", owed(payment), amount)


def paid_back(payment: Payment, amount: Decimal) -> tuple[Posting, ...]:
    return entry(f"receivable:{payment.tenant_id}", f"cash:{payment.provider}", amount)


def given_up(payment: Payment) -> tuple[Posting, ...]:
    return entry(BAD_DEBT, owed(payment), payment.amount)
