"""Pays back. Done twice it is done once: the provider knows the refund by its key."""

from contexts.billing.effects.collect import NOT_SET_UP
from contexts.billing.payment_ports import PaymentPorts
from schemas.base import Command
from schemas.billing.payment_errors import ProviderUnavailable
from schemas.billing.payment_types import Outcome, Repayment
from schemas.billing.payments import RecordRefund, RefundLookedFor, RefundRequested
from schemas.envelope import Recorded


async def refund(
    event: RefundRequested | RefundLookedFor, recorded: Recorded, ports: PaymentPorts
) -> list[Command]:
    repayment = event.repayment
    outcome = await paid_back(repayment, ports)
    if outcome is None or outcome.status == "pending":
        return []
    return [
        RecordRefund(
            tenant_id=repayment.tenant_id,
            invoice_id=repayment.invoice_id,
            refund_id=repayment.refund_id,
            outcome=outcome,
        )
    ]


async def paid_back(repayment: Repayment, ports: PaymentPorts) -> Outcome | None:
    provider = ports.providers.get(repayment.provider)
    if provider is None:
        message = f"{repayment.provider} is not set up on this platform"
        return Outcome(status="failed", reference=None, code=NOT_SET_UP, message=message)
    try:
        return await provider.refund(repayment)
    except ProviderUnavailable:
        return None
