"""The double entry of one settled call. Legs of nothing are left out; debits equal credits."""

from contexts.billing.rating import Charge
from schemas.base import PartnerId, TenantId
from schemas.billing.types import Posting


def postings(model: str, tenant_id: TenantId, partner_id: PartnerId, charge: Charge) -> tuple[Posting, ...]:
    """What we keep may be less than the call cost us: the loss shows between `revenue` and `cogs`."""
    provider = model.split("/")[0]
    legs = (
        Posting(account=f"cogs:{provider}", side="debit", amount=charge.cost),
        Posting(account=f"payable:{provider}", side="credit", amount=charge.cost),
        Posting(account=f"receivable:{tenant_id}", side="debit", amount=charge.price),
        Posting(account=f"partner:{partner_id}:commission", side="credit", amount=charge.commission),
        Posting(account="revenue:platform", side="credit", amount=charge.revenue),
    )
    return tuple(leg for leg in legs if leg.amount)
