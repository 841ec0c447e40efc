from pydantic import AwareDatetime

from schemas.base import Command, PartnerId, TenantId
from schemas.billing.types import TokenRates
from schemas.execution.chat import Usage
from schemas.execution.types import CallRef, SourceRef
from schemas.tenancy.types import Commission, Percent

LEDGER = "ledger-{0.tenant_id}-{0.call.period}"


class SetSystemRate(Command, type_name="billing.rate_card.set_system_rate", stream="rate_card-system"):
    model: str
    rates: TokenRates
    effective_from: AwareDatetime | None = None


class SetPartnerTerms(
    Command, type_name="billing.rate_card.set_partner_terms", stream="rate_card-{0.partner_id}"
):
    partner_id: PartnerId
    markup_percent: Percent
    commission_percent: Commission
    effective_from: AwareDatetime | None = None


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
