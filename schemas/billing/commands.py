from datetime import datetime
from decimal import Decimal

from pydantic import AwareDatetime

from schemas.base import Command, PartnerId, TenantId
from schemas.billing.types import Commission, Model, Price, PriceRule, TokenRates
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef, SourceRef

LEDGER = "ledger-{0.tenant_id}-{0.call.period}"
PARTNER_RATES = "rate_card-{0.partner_id}"


class SetSystemRate(Command, type_name="billing.rate_card.set_system_rate", stream="rate_card-system"):
    model: str
    rates: TokenRates
    effective_from: AwareDatetime | None = None


class WithdrawSystemRate(
    Command, type_name="billing.rate_card.withdraw_system_rate", stream="rate_card-system"
):
    """Take back a rate that has not begun."""

    rate_id: str


class SetPartnerTerms(Command, type_name="billing.rate_card.set_partner_terms", stream=PARTNER_RATES):
    """For all tenants and models of a partner, or for one tenant, one model, or one model of a tenant's."""

    partner_id: PartnerId
    for_tenant: TenantId | None = None
    for_model: Model | None = None
    price: PriceRule
    commission: Commission
    minimum: Price = Decimal(0)
    effective_from: AwareDatetime | None = None


class WithdrawPartnerTerms(
    Command, type_name="billing.rate_card.withdraw_partner_terms", stream=PARTNER_RATES
):
    """Take back terms that have not begun."""

    partner_id: PartnerId
    terms_id: str


class AuthorizeCall(Command, type_name="billing.ledger.authorize_call", stream=LEDGER):
    """Hold the most this call can cost the tenant. `request_ref` names the event that has the request."""

    tenant_id: TenantId
    call: CallRef
    model: str
    max_input_tokens: int
    max_output_tokens: int
    timeout_seconds: float
    request_ref: str
    source: SourceRef | None = None

    def falls_under(self, now: datetime) -> datetime:
        return self.call.requested_at


class SettleCall(Command, type_name="billing.ledger.settle_call", stream=LEDGER):
    tenant_id: TenantId
    call: CallRef
    usage: Usage


class ReleaseCall(Command, type_name="billing.ledger.release_call", stream=LEDGER):
    tenant_id: TenantId
    call: CallRef
    reason: str
    usage: Usage | None


class MarkCallUnknown(Command, type_name="billing.ledger.mark_call_unknown", stream=LEDGER):
    tenant_id: TenantId
    call: CallRef
    reason: str


class ResolveHold(Command, type_name="billing.ledger.resolve_hold", stream=LEDGER):
    """The hold's time is up: an open one becomes unknown, an unknown one is written off."""

    tenant_id: TenantId
    call: CallRef
