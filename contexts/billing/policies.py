"""Billing follows the calls of executions; executions know nothing of it."""

from schemas.billing.commands import AuthorizeCall, MarkCallUnknown, ReleaseCall, SetPartnerTerms, SettleCall
from schemas.envelope import Recorded
from schemas.execution.events import CallCompleted, CallFailed, CallRequested, ExecutionFailed
from schemas.tenancy.events import PartnerCreated


def when_partner_created(event: PartnerCreated, recorded: Recorded) -> list[SetPartnerTerms]:
    return [
        SetPartnerTerms(
            partner_id=event.partner_id,
            markup_percent=event.terms.markup_percent,
            commission_percent=event.terms.commission_percent,
            effective_from=recorded.recorded_at,
        )
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


def when_call_completed(event: CallCompleted, recorded: Recorded) -> list[SettleCall]:
    return [SettleCall(tenant_id=recorded.tenant_id, call=event.call, usage=event.usage)]


def when_call_failed(event: CallFailed, recorded: Recorded) -> list[ReleaseCall | MarkCallUnknown]:
    tenant_id, reason = recorded.tenant_id, event.error.code
    if event.error.lost:
        return [MarkCallUnknown(tenant_id=tenant_id, call=event.call, reason=reason)]
    return [ReleaseCall(tenant_id=tenant_id, call=event.call, reason=reason, usage=event.usage)]


def when_execution_failed(event: ExecutionFailed, recorded: Recorded) -> list[MarkCallUnknown]:
    """A provider may still be answering calls nobody waits for."""
    reason = event.error.code
    return [
        MarkCallUnknown(tenant_id=recorded.tenant_id, call=call, reason=reason) for call in event.open_calls
    ]
