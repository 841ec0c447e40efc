"""When somebody looks at a payment again, and when the next step of dunning is due."""

from datetime import datetime
from uuid import UUID

from projections.fold import Handlers
from projections.timers.batch import SKEW, Batch, set_timer
from schemas.base import TenantId
from schemas.billing import dunning as d
from schemas.billing import payments as p
from schemas.envelope import Recorded


def check(batch: Batch, recorded: Recorded, invoice_id: UUID, due_at: datetime) -> None:
    command = p.CheckPayment(tenant_id=recorded.tenant_id, invoice_id=invoice_id)
    set_timer(batch, recorded, f"payment:{invoice_id}", due_at + SKEW, command)


def requested(batch: Batch, recorded: Recorded, event: p.PaymentRequested) -> None:
    check(batch, recorded, event.invoice_id, event.due_at)


def begun(batch: Batch, recorded: Recorded, event: p.AttemptBegun | p.PaymentPrepared) -> None:
    check(batch, recorded, event.charge.invoice_id, event.look_at)


def looked_for(batch: Batch, recorded: Recorded, event: p.PaymentLookedFor) -> None:
    if event.open:
        check(batch, recorded, event.charge.invoice_id, event.look_at)


def pending(batch: Batch, recorded: Recorded, event: p.PaymentPending) -> None:
    check(batch, recorded, event.invoice_id, event.look_at)


def ended(
    batch: Batch,
    recorded: Recorded,
    event: p.PaymentSucceeded | p.PaymentFailed | p.PaymentOverdue | p.PaymentCancelled | p.PaymentWrittenOff,
) -> None:
    name = f"payment:{event.invoice_id}"
    batch.timers.remove(name, recorded, name=name)


def refund_under_way(batch: Batch, recorded: Recorded, event: p.RefundRequested | p.RefundLookedFor) -> None:
    repayment = event.repayment
    command = p.CheckRefund(
        tenant_id=repayment.tenant_id, invoice_id=repayment.invoice_id, refund_id=repayment.refund_id
    )
    set_timer(batch, recorded, f"refund:{repayment.refund_id}", event.look_at + SKEW, command)


def refund_ended(batch: Batch, recorded: Recorded, event: p.PaymentRefunded | p.RefundFailed) -> None:
    name = f"refund:{event.refund_id}"
    batch.timers.remove(name, recorded, name=name)


def dunning_name(tenant_id: TenantId, invoice_id: UUID) -> str:
    return f"dunning:{tenant_id}:{invoice_id}"


def step(batch: Batch, recorded: Recorded, invoice_id: UUID, number: int, due_at: datetime) -> None:
    command = d.TakeDunningStep(tenant_id=recorded.tenant_id, invoice_id=invoice_id, step=number)
    set_timer(batch, recorded, dunning_name(recorded.tenant_id, invoice_id), due_at + SKEW, command)


def dunning_begun(batch: Batch, recorded: Recorded, event: d.DunningBegun) -> None:
    step(batch, recorded, event.invoice_id, 0, event.due_at)


def step_taken(batch: Batch, recorded: Recorded, event: d.DunningStepTaken) -> None:
    if event.due_at:
        step(batch, recorded, event.invoice_id, event.step + 1, event.due_at)
    else:
        settled(batch, recorded, event)


def step_moved(batch: Batch, recorded: Recorded, event: d.DunningStepMoved) -> None:
    step(batch, recorded, event.invoice_id, event.step, event.due_at)


def settled(batch: Batch, recorded: Recorded, event: d.DunningSettled | d.DunningStepTaken) -> None:
    name = dunning_name(event.tenant_id, event.invoice_id)
    batch.timers.remove(name, recorded, name=name)


def exempted(batch: Batch, recorded: Recorded, event: d.DunningExempted) -> None:
    command = d.EndDunningExemption(tenant_id=event.tenant_id, reason="It was until now.", until=event.until)
    set_timer(batch, recorded, f"exemption:{event.tenant_id}", event.until + SKEW, command)


def exemption_ended(batch: Batch, recorded: Recorded, event: d.DunningExemptionEnded) -> None:
    name = f"exemption:{event.tenant_id}"
    batch.timers.remove(name, recorded, name=name)


ON: Handlers[Batch] = {
    p.PaymentRequested: requested,
    p.AttemptBegun: begun,
    p.PaymentPrepared: begun,
    p.PaymentLookedFor: looked_for,
    p.PaymentPending: pending,
    p.PaymentSucceeded: ended,
    p.PaymentFailed: ended,
    p.PaymentOverdue: ended,
    p.PaymentCancelled: ended,
    p.PaymentWrittenOff: ended,
    p.RefundRequested: refund_under_way,
    p.RefundLookedFor: refund_under_way,
    p.PaymentRefunded: refund_ended,
    p.RefundFailed: refund_ended,
    d.DunningBegun: dunning_begun,
    d.DunningStepTaken: step_taken,
    d.DunningStepMoved: step_moved,
    d.DunningSettled: settled,
    d.DunningExempted: exempted,
    d.DunningExemptionEnded: exemption_ended,
}
