"""A tenant's prepaid credit. What calls take of it is reserved and charged beside the ledger."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.base import Claim, Command, Event, TenantId
from schemas.billing.types import Posting

WALLET = "wallet-{0.tenant_id}"

PaymentMode = Literal["postpaid", "prepaid"]
Credit = Annotated[Decimal, Field(gt=0, le=10**9, decimal_places=12)]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""Where the money came from, as in the account `cash:<source>`."""


class SetPaymentMode(Command, type_name="billing.wallet.set_payment_mode", stream=WALLET):
    tenant_id: TenantId
    mode: PaymentMode


class TopUpWallet(Command, type_name="billing.wallet.top_up", stream=WALLET):
    tenant_id: TenantId
    top_up_id: UUID
    amount: Credit
    expires_at: AwareDatetime | None = None
    source: Source = "manual"


class ExpireCredit(Command, type_name="billing.wallet.expire_credit", stream=WALLET):
    """Credit whose time is up is gone; what is reserved of it, when that is released."""

    tenant_id: TenantId


class PaymentModeSet(Event, type_name="billing.wallet.payment_mode_set"):
    tenant_id: TenantId
    mode: PaymentMode


class WalletToppedUp(Event, type_name="billing.wallet.topped_up"):
    tenant_id: TenantId
    top_up_id: UUID
    amount: Decimal
    expires_at: datetime | None
    source: str
    postings: tuple[Posting, ...]

    def claims(self) -> tuple[Claim, ...]:
        return (Claim("top_up", str(self.top_up_id), f"wallet-{self.tenant_id}"),)


class CreditReserved(Event, type_name="billing.wallet.credit_reserved", stream=WALLET):
    """`entry`: the call's key."""

    tenant_id: TenantId
    entry: str
    amount: Decimal


class CreditCharged(Event, type_name="billing.wallet.credit_charged", stream=WALLET):
    """`amount` is taken from what expires soonest; `hold` was reserved for it."""

    tenant_id: TenantId
    entry: str
    hold: Decimal
    amount: Decimal


class CreditReleased(Event, type_name="billing.wallet.credit_released", stream=WALLET):
    tenant_id: TenantId
    entry: str
    hold: Decimal


class CreditReturned(Event, type_name="billing.wallet.credit_returned", stream=WALLET):
    """An entry was reversed, or an adjustment is for the tenant's good. This credit does not expire."""

    tenant_id: TenantId
    entry: str
    amount: Decimal


class CreditExpired(Event, type_name="billing.wallet.credit_expired", stream=WALLET):
    tenant_id: TenantId
    top_up_id: UUID
    amount: Decimal
    postings: tuple[Posting, ...]
