"""Billing follows the calls of executions; executions know nothing of it.

Whoever makes a call tells the ledger what came of it. Here is what happens to calls nobody waits for.
"""

from collections.abc import Iterable

from schemas.base import TenantId
from schemas.billing.commands import AuthorizeCall, MarkCallUnknown, SetPartnerTerms
from schemas.billing.issuers import OpenIssuer
from schemas.billing.types import Commission, Percent
from schemas.envelope import Recorded
from schemas.execution.events import (
    CallRequested,
    ExecutionCancelled,
    ExecutionFailed,
    ItemFailed,
    StepFailed,
)
from schemas.execution.types import CallRef
from schemas.tenancy.events import PartnerCreated

CANCELLED = "execution.cancelled"


def when_partner_created(event: PartnerCreated, recorded: Recorded) -> list[SetPartnerTerms | OpenIssuer]:
    """It can sell, and issue invoices, from its first moment."""
    return [
        SetPartnerTerms(
            partner_id=event.partner_id,
            price=Percent(markup_percent=event.terms.markup_percent),
            commission=Commission(percent=event.terms.commission_percent),
            effective_from=recorded.recorded_at,
        ),
        OpenIssuer(partner_id=event.partner_id, name=event.name),
    ]


def when_call_requested(event: CallRequested, recorded: Recorded) -> list[AuthorizeCall]:
    return [
        AuthorizeCall(
            tenant_id=recorded.tenant_id,
            call=event.call,
            model=event.request.model,
            max_input_tokens=event.max_input_tokens,
            max_output_tokens=event.request.max_output_tokens,
            timeout_seconds=event.request.timeout_seconds,
            request_ref=recorded.ref,
        )
    ]


def when_execution_failed(event: ExecutionFailed, recorded: Recorded) -> list[MarkCallUnknown]:
    return unknown(recorded.tenant_id, event.open_calls, event.error.code)


def when_execution_cancelled(event: ExecutionCancelled, recorded: Recorded) -> list[MarkCallUnknown]:
    return unknown(recorded.tenant_id, event.open_calls, CANCELLED)


def when_step_failed(event: StepFailed, recorded: Recorded) -> list[MarkCallUnknown]:
    return unknown(recorded.tenant_id, event.open_calls, event.error.code)


def when_item_failed(event: ItemFailed, recorded: Recorded) -> list[MarkCallUnknown]:
    return unknown(recorded.tenant_id, event.open_calls, event.error.code)


def unknown(tenant_id: TenantId, calls: Iterable[CallRef], reason: str) -> list[MarkCallUnknown]:
    """A provider may still be answering calls nobody waits for; whoever made them may still settle them."""
    return [MarkCallUnknown(tenant_id=tenant_id, call=call, reason=reason) for call in calls]
