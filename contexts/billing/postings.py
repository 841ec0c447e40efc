"""Double entries. Legs of nothing are left out; debits equal credits."""

from collections.abc import Iterable
from decimal import Decimal

from contexts.billing.rating import Charge
from schemas.base import PartnerId, TenantId
from schemas.billing.types import Posting

NOTHING = Decimal(0)


def postings(
    model: str, tenant_id: TenantId, partner_id: PartnerId, charge: Charge, credit: Decimal = NOTHING
) -> tuple[Posting, ...]:
    """`credit` is the part of the price that prepaid credit covers.

    What we keep may be less than the call cost us: the loss shows between `revenue` and `cogs`.
    """
    provider = model.split("/")[0]
    return legs(
        (f"cogs:{provider}", charge.cost),
        (f"payable:{provider}", -charge.cost),
        (wallet(tenant_id), credit),
        (f"receivable:{tenant_id}", charge.price - credit),
        (f"partner:{partner_id}:commission", -charge.commission),
        ("revenue:platform", -charge.revenue),
    )


def top_up_legs(source: str, tenant_id: TenantId, amount: Decimal) -> tuple[Posting, ...]:
    return legs((f"cash:{source}", amount), (wallet(tenant_id), -amount))


def expiry(tenant_id: TenantId, amount: Decimal) -> tuple[Posting, ...]:
    return legs((wallet(tenant_id), amount), ("breakage", -amount))


def inverse(entry: Iterable[Posting]) -> tuple[Posting, ...]:
    return legs(*((leg.account, -signed(leg)) for leg in entry))


def of_wallet(tenant_id: TenantId, entry: Iterable[Posting]) -> Decimal:
    """What an entry takes from a tenant's credit; less than nothing is given back."""
    return sum((signed(leg) for leg in entry if leg.account == wallet(tenant_id)), NOTHING)


def legs(*amounts: tuple[str, Decimal]) -> tuple[Posting, ...]:
    """More than nothing is a debit, less a credit."""
    return tuple(
        Posting(account=account, side="debit" if amount > 0 else "credit", amount=amount.copy_abs())
        for account, amount in amounts
        if amount
    )


def signed(leg: Posting) -> Decimal:
    return leg.amount if leg.side == "debit" else leg.amount.copy_negate()


def wallet(tenant_id: TenantId) -> str:
    return f"wallet:{tenant_id}"
