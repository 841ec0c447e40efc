from datetime import datetime
from decimal import Decimal

from schemas.base import Claim, Event, PartnerId, TenantId
from schemas.billing.types import Posting, Pricing, SystemRate, Terms
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef


class SystemRateSet(Event, type_name="billing.rate_card.system_rate_set"):
    rate: SystemRate


class SystemRateWithdrawn(Event, type_name="billing.rate_card.system_rate_withdrawn"):
    """A rate that had not begun will not begin."""

    model: str
    rate_id: str


class PartnerTermsSet(Event, type_name="billing.rate_card.partner_terms_set", type_version=2):
    partner_id: PartnerId
    terms: Terms


class PartnerTermsWithdrawn(Event, type_name="billing.rate_card.partner_terms_withdrawn"):
    """Terms that had not begun will not begin."""

    partner_id: PartnerId
    scope: str
    terms_id: str


class CallAuthorized(Event, type_name="billing.ledger.call_authorized", type_version=2):
    """`hold` is the most the tenant can be charged for this call. The call may now be made, once."""

    tenant_id: TenantId
    call: CallRef
    model: str
    hold: Decimal
    pricing: Pricing
    request_ref: str
    expires_at: datetime

    def claims(self) -> tuple[Claim, ...]:
        """The owner is this one authorisation: a call that has ended cannot be authorised again."""
        owner = f"ledger-{self.tenant_id}-{self.call.period}@{self.expires_at.isoformat()}"
        return (Claim("call", self.call.key, owner),)


class CallRefused(Event, type_name="billing.ledger.call_refused"):
    """The arithmetic of the refusal: posted + held + hold would pass the budget."""

    tenant_id: TenantId
    call: CallRef
    code: str
    detail: str
    budget: Decimal | None = None
    posted: Decimal = Decimal(0)
    held: Decimal = Decimal(0)
    hold: Decimal = Decimal(0)


class CallSettled(Event, type_name="billing.ledger.call_settled", type_version=2):
    """The ledger entry of a call: three amounts fixed for ever, with what they were computed from.

    Debits equal credits; `degraded` says the usage was counted by us, not reported by the provider,
    `quarantined` that it reported something we have no class for, so that the amounts may be wrong.
    """

    tenant_id: TenantId
    partner_id: PartnerId
    call: CallRef
    model: str
    usage: Usage
    pricing: Pricing
    cost: Decimal
    price: Decimal
    commission: Decimal
    postings: tuple[Posting, ...]
    degraded: bool
    quarantined: bool = False


class CallReleased(Event, type_name="billing.ledger.call_released"):
    """The hold is gone and nothing is charged. `usage` is what the provider was seen to spend."""

    tenant_id: TenantId
    call: CallRef
    reason: str
    usage: Usage | None


class CallUnknown(Event, type_name="billing.ledger.call_unknown"):
    """Nobody knows whether the provider did the work. The hold stays until `resolve_at`."""

    tenant_id: TenantId
    call: CallRef
    reason: str
    resolve_at: datetime


class CallWrittenOff(Event, type_name="billing.ledger.call_written_off"):
    """An unknown call nobody could settle in time: the hold is gone, the tenant is not charged."""

    tenant_id: TenantId
    call: CallRef
    hold: Decimal
