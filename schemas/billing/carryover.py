"""What months left of credit, per tenant, until its next invoice takes it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.base import Event, TenantId, Value
from schemas.billing.invoices import Cents

CARRIED = "carried_credit"
"""The kind of an invoice's line that takes it; `about_period` is the month that left it."""


class CarriedCredit(Value):
    """Before tax."""

    period: str
    amount: Annotated[Cents, Field(gt=0)]


class CreditCarried(Event, type_name="billing.carryover.credit_carried", stream="carryover-{0.tenant_id}"):
    """All that is there for the next invoice, after this one took its part and added its own.

    `prepaid` was drawn from the wallet and stands on no invoice yet; below zero: it was put back there.
    """

    tenant_id: TenantId
    invoice_id: UUID
    period: str
    left: tuple[CarriedCredit, ...]
    prepaid: Cents
