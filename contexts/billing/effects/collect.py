"""Collects an attempt. The provider knows it by a reference before money moves, so nothing need be guessed:
whatever was lost on the way, it is asked first.
"""

from contexts.billing.payment_ports import PaymentPorts, PaymentProvider
from schemas.base import Command
from schemas.billing.payment_errors import ProviderUnavailable
from schemas.billing.payment_types import Charge, Outcome
from schemas.billing.payments import (
    AttemptBegun,
    PaymentLookedFor,
    PaymentPrepared,
    RecordOutcome,
    RecordPrepared,
)
from schemas.envelope import Recorded

NOT_SET_UP = "payment.provider_not_set_up"


async def prepare(event: AttemptBegun, recorded: Recorded, ports: PaymentPorts) -> list[Command]:
    return await pursued(event.charge, ports, may_charge=True)


async def collect(event: PaymentPrepared, recorded: Recorded, ports: PaymentPorts) -> list[Command]:
    return await pursued(event.charge, ports, may_charge=True)


async def look(event: PaymentLookedFor, recorded: Recorded, ports: PaymentPorts) -> list[Command]:
    return await pursued(event.charge, ports, may_charge=event.open)


async def pursued(charge: Charge, ports: PaymentPorts, may_charge: bool) -> list[Command]:
    """Without an answer nothing is told: whoever set the deadline asks again."""
    provider = ports.providers.get(charge.provider)
    if provider is None:
        message = f"{charge.provider} is not set up on this platform"
        return told(charge, Outcome(status="failed", reference=None, code=NOT_SET_UP, message=message))
    try:
        if charge.reference is not None:
            return told(charge, await outcome(charge, charge.reference, provider, may_charge))
        return begun(charge, await provider.prepare(charge)) if may_charge else []
    except ProviderUnavailable:
        return []


async def outcome(
    charge: Charge, reference: str, provider: PaymentProvider, may_charge: bool
) -> Outcome | None:
    """An earlier attempt may have succeeded after all, and then pays the invoice."""
    earlier = await provider.read(charge.earlier) if charge.earlier else None
    if earlier and earlier.status == "succeeded":
        return earlier
    known = await provider.read(reference)
    return await provider.confirm(reference) if known is None and may_charge else known


def begun(charge: Charge, answer: str | Outcome) -> list[Command]:
    if isinstance(answer, Outcome):
        return told(charge, answer)
    return [
        RecordPrepared(
            tenant_id=charge.tenant_id,
            invoice_id=charge.invoice_id,
            attempt=charge.attempt,
            reference=answer,
        )
    ]


def told(charge: Charge, outcome: Outcome | None) -> list[Command]:
    if outcome is None:
        return []
    return [
        RecordOutcome(
            tenant_id=charge.tenant_id,
            invoice_id=charge.invoice_id,
            attempt=charge.attempt,
            outcome=outcome,
        )
    ]
