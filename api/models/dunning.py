from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Number, example
from schemas.billing.dunning import STANDARD, Action, DunningStep, Level, Schedule
from schemas.billing.payment_types import Reason

STEPS: list[dict[str, Any]] = [step.model_dump() for step in STANDARD]

FORESEEN: dict[str, Any] = {
    "at": NOW,
    "tenant_id": OTHER_ID,
    "invoice_id": ID,
    "amount": "120.50",
    "action": "suspend",
}


class ExemptBody(Body):
    """No step is taken until then, and what was done is lifted until then."""

    model_config = example(reason="They pay when the audit is over.", until="2027-01-15T00:00:00Z")

    reason: Reason
    until: AwareDatetime


class ScheduleBody(Body):
    """null: the standard steps hold again. `after_days` counts from the step before."""

    model_config = example(steps=STEPS)

    steps: Schedule | None


class DunningSchedule(BaseModel):
    model_config = example(steps=STEPS)

    steps: list[DunningStep]


class UnpaidInvoice(BaseModel):
    invoice_id: UUID
    amount: Number
    since: datetime
    taken: int
    next_action: Action | None
    next_at: datetime | None


class Dunning(BaseModel):
    """What a tenant's unpaid invoices mean for it, and what is next for each."""

    model_config = example(
        level="restricted",
        exempt_until=None,
        exempt_reason=None,
        unpaid=[
            {
                "invoice_id": ID,
                "amount": "120.50",
                "since": NOW,
                "taken": 5,
                "next_action": "suspend",
                "next_at": NOW,
            }
        ],
    )

    level: Level
    exempt_until: datetime | None
    exempt_reason: str | None
    unpaid: list[UnpaidInvoice]


class ForeseenStep(BaseModel):
    at: datetime
    tenant_id: UUID
    invoice_id: UUID
    amount: Number
    action: Action


class Forecast(BaseModel):
    """What will be done in these days if nobody pays and no retry succeeds. Nothing is done by asking."""

    model_config = example(days=60, steps=[FORESEEN])

    days: int
    steps: list[ForeseenStep]
