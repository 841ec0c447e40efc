"""Prepaid credit."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from api.bodies import Body
from api.models.common import ID, NOW, OTHER_ID, Number, example
from schemas.billing.wallets import PaymentMode

Amount = Annotated[Decimal, Field(gt=0, le=10**9, max_digits=18, decimal_places=6)]


class TopUpBody(Body):
    """Without `expires_at` the credit does not expire."""

    model_config = example(amount_usd="50", expires_at="2027-11-23T10:00:00Z")

    amount_usd: Amount
    expires_at: AwareDatetime | None = None


class PaymentModeBody(Body):
    model_config = example(mode="prepaid")

    mode: PaymentMode


class TopUp(BaseModel):
    id: UUID
    amount: Number
    source: str
    expires_at: datetime | None
    created_at: datetime


class Wallet(BaseModel):
    """`balance` is there, `held` of it is reserved for calls, `available` the rest. The newest top-ups."""

    model_config = example(
        tenant_id=OTHER_ID,
        mode="prepaid",
        currency="USD",
        balance="49.99",
        held="0.01",
        available="49.98",
        top_ups=[{"id": ID, "amount": "50", "source": "manual", "expires_at": None, "created_at": NOW}],
    )

    tenant_id: UUID
    mode: PaymentMode
    currency: str = "USD"
    balance: Number
    held: Number
    available: Number
    top_ups: list[TopUp]
