"""What documents put on the accounts, beside the entries: tax, and what rounding left."""

from decimal import Decimal

from schemas.base import TenantId
from schemas.billing.types import Posting

NOTHING = Decimal(0)


def invoice_postings(
    tenant_id: TenantId, residual: Decimal, tax: Decimal, jurisdiction: str | None
) -> tuple[Posting, ...]:
    """After them the tenant owes exactly what is due on the document."""
    return (*transfer("rounding", f"receivable:{tenant_id}", residual), *taxed(tenant_id, tax, jurisdiction))


def taxed(tenant_id: TenantId, tax: Decimal, jurisdiction: str | None) -> tuple[Posting, ...]:
    return transfer(f"receivable:{tenant_id}", f"tax:{jurisdiction}", tax)


def credit_postings(
    tenant_id: TenantId, net: Decimal, tax: Decimal, jurisdiction: str | None
) -> tuple[Posting, ...]:
    """The platform bears it: the partner keeps its commission."""
    owed = f"receivable:{tenant_id}"
    return (*transfer("revenue:platform", owed, net), *transfer(f"tax:{jurisdiction}", owed, tax))


def transfer(debit: str, credit: str, amount: Decimal) -> tuple[Posting, ...]:
    """The other way round for less than nothing; nothing for nothing."""
    if not amount:
        return ()
    if amount < NOTHING:
        debit, credit, amount = credit, debit, -amount
    return (
        Posting(account=debit, side="debit", amount=amount),
        Posting(account=credit, side="credit", amount=amount),
    )
