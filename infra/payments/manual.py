"""Money that people move: the tenant transfers it, and what we owe is transferred back by hand."""

from schemas.base import TenantId
from schemas.billing.payment_types import Charge, Outcome, Repayment


class ManualPayments:
    """Knows nothing by itself: that money came is what an operator records."""

    async def attach(self, tenant_id: TenantId, customer: str | None, method: str) -> str:
        return customer or f"manual-{tenant_id}"

    async def prepare(self, charge: Charge) -> str:
        return f"manual-{charge.key}"

    async def read(self, reference: str) -> Outcome | None:
        return Outcome(status="pending", reference=reference)

    async def confirm(self, reference: str) -> Outcome:
        return Outcome(status="pending", reference=reference)

    async def refund(self, repayment: Repayment) -> Outcome:
        """Whoever ordered it transfers it."""
        return Outcome(status="succeeded", reference=f"manual-{repayment.key}")
