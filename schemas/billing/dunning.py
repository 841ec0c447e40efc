"""Dunning: what happens, step by step, while a tenant does not pay."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from schemas.base import Command, Event, PartnerId, TenantId, Value
from schemas.billing.payment_types import Reason

Level = Literal["none", "past_due", "restricted", "suspended"]
Action = Literal["retry", "restrict", "suspend"]
Settled = Literal["paid", "cancelled", "written_off"]
ORDER: tuple[Action, ...] = ("retry", "restrict", "suspend")

DUNNING = "dunning-{0.tenant_id}"


class DunningStep(Value):
    """`after_days`: since the step before, of the first since the payment failed."""

    after_days: Annotated[int, Field(ge=0, le=365)]
    action: Action


def never_eases(steps: tuple[DunningStep, ...]) -> tuple[DunningStep, ...]:
    places = [ORDER.index(step.action) for step in steps]
    if places != sorted(places) or places.count(1) > 1 or places.count(2) > 1:
        raise ValueError("first retries, then at most one restriction, then at most one suspension")
    return steps


Schedule = Annotated[tuple[DunningStep, ...], Field(min_length=1, max_length=20), AfterValidator(never_eases)]

STANDARD: tuple[DunningStep, ...] = (
    DunningStep(after_days=2, action="retry"),
    DunningStep(after_days=5, action="retry"),
    DunningStep(after_days=7, action="retry"),
    DunningStep(after_days=7, action="retry"),
    DunningStep(after_days=1, action="restrict"),
    DunningStep(after_days=7, action="suspend"),
)
"""The last retry has a day to succeed."""


class SetDunningSchedule(
    Command, type_name="billing.dunning_schedule.set", stream="dunning_schedule-{0.partner_id}"
):
    """For what begins from now on. Without steps the standard holds again."""

    partner_id: PartnerId
    steps: Schedule | None


class BeginDunning(Command, type_name="billing.dunning.begin", stream=DUNNING, anew=True):
    tenant_id: TenantId
    invoice_id: UUID
    amount: Decimal


class TakeDunningStep(Command, type_name="billing.dunning.take_step", stream=DUNNING):
    tenant_id: TenantId
    invoice_id: UUID
    step: int


class SettleDunning(Command, type_name="billing.dunning.settle", stream=DUNNING):
    tenant_id: TenantId
    invoice_id: UUID
    how: Settled


class RetryUnpaid(Command, type_name="billing.dunning.retry_unpaid", stream=DUNNING):
    """There is another payment method now: it need not wait for the next step."""

    tenant_id: TenantId


class ExemptFromDunning(Command, type_name="billing.dunning.exempt", stream=DUNNING):
    """No step is taken until then, and what was done is lifted until then."""

    tenant_id: TenantId
    reason: Reason
    until: AwareDatetime


class EndDunningExemption(Command, type_name="billing.dunning.end_exemption", stream=DUNNING):
    """With `until`: only if that is still when it ends, and not before."""

    tenant_id: TenantId
    reason: Reason
    until: AwareDatetime | None = None


class DunningScheduleSet(Event, type_name="billing.dunning_schedule.changed"):
    partner_id: PartnerId
    steps: tuple[DunningStep, ...] | None


class DunningBegun(Event, type_name="billing.dunning.begun"):
    """`steps` stay as they are for this invoice, whatever its partner changes later."""

    tenant_id: TenantId
    invoice_id: UUID
    amount: Decimal
    steps: tuple[DunningStep, ...]
    due_at: datetime


class DunningStepTaken(Event, type_name="billing.dunning.step_taken"):
    """`due_at`: of the next one; without it this was the last."""

    tenant_id: TenantId
    invoice_id: UUID
    step: int
    action: Action
    due_at: datetime | None


class DunningStepMoved(Event, type_name="billing.dunning.step_moved"):
    tenant_id: TenantId
    invoice_id: UUID
    step: int
    due_at: datetime


class DunningRetried(Event, type_name="billing.dunning.retried"):
    """A retry between two steps, which stay as they are."""

    tenant_id: TenantId
    invoice_id: UUID


class DunningSettled(Event, type_name="billing.dunning.settled"):
    tenant_id: TenantId
    invoice_id: UUID
    how: Settled


class DunningLevelChanged(Event, type_name="billing.dunning.level_changed"):
    """What a tenant's unpaid invoices, all taken together, mean for it now."""

    tenant_id: TenantId
    level: Level


class DunningExempted(Event, type_name="billing.dunning.exempted"):
    tenant_id: TenantId
    reason: str
    until: datetime


class DunningExemptionEnded(Event, type_name="billing.dunning.exemption_ended"):
    tenant_id: TenantId
    reason: str
