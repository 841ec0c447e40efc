from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.base import TenantId, Value
from schemas.billing.payment_accounts import ProviderName

Money = Annotated[Decimal, Field(gt=0, max_digits=38, decimal_places=2)]
"""What is paid is whole cents."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

PaymentStatus = Literal[
    "requested", "attempting", "failed", "succeeded", "refunded", "cancelled", "written_off"
]


class Charge(Value):
    """One attempt to collect an invoice. `key` names it at the provider: made twice, it is made once.

    `reference` is the provider's name for it, once it has one; `earlier` that of the attempt before.
    """

    tenant_id: TenantId
    invoice_id: UUID
    number: str
    attempt: int
    provider: ProviderName
    customer: str
    method: str
    amount: Money
    currency: str
    reference: str | None = None
    earlier: str | None = None

    @property
    def key(self) -> str:
        return f"invoice-{self.invoice_id}-{self.attempt}"


class Repayment(Value):
    """A refund of a payment, whole or in part. `payment` is the provider's name for what is paid back."""

    tenant_id: TenantId
    invoice_id: UUID
    refund_id: UUID
    provider: ProviderName
    payment: str
    amount: Money
    currency: str
    reason: str

    @property
    def key(self) -> str:
        return f"refund-{self.refund_id}"


class Outcome(Value):
    """What the provider says of a charge or a repayment now. `reference` names its object there."""

    status: Literal["succeeded", "pending", "failed"]
    reference: str | None
    code: str = ""
    message: str = ""
    retryable: bool = True
