"""The double entry of one settled call. Legs of nothing are left out; debits equal credits."""

from decimal import Decimal

from contexts.billing.rating import Charge
from schemas.base import PartnerId, TenantId
from schemas.billing.types import Posting


def postings(model: str, tenant_id: TenantId, partner_id: PartnerId, charge: Charge) -> tuple[Posting, ...]:
    """What we keep may be less than the call cost us: the loss shows between `revenue` and `cogs`."""
    provider = model.split("/")[0]
    legs = (
        debit(f"cogs:{provider}", charge.cost),
        credit(f"payable:{provider}", charge.cost),
        debit(f"receivable:{tenant_id}", charge.price),
        credit(f"partner:{partner_id}:commission", charge.commission),
        credit("revenue:platform", charge.revenue),
    )
    return tuple(leg for leg in legs if leg.amount)


def debit(account: str, amount: Decimal) -> Posting:
    """Less than nothing is a credit."""
    return Posting(account=account, side="debit" if amount >= 0 else "credit", amount=abs(amount))


def credit(account: str, amount: Decimal) -> Posting:
    """Less than nothing, as a commission may be, is a debit."""
    return Posting(account=account, side="credit" if amount >= 0 else "debit", amount=abs(amount))
