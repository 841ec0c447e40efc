"""Makes an authorised provider call, once, streaming its text to whoever watches.

It tells the ledger and the run what came of it, each by a command of its own: what a provider charged for is
settled, whether or not the run still waits for the answer. The ledger's command comes first, and the run's is
sent when that is answered, so that nothing is ever answered and unpaid.
"""

from contexts.execution.ports import Aborted, ExecutionPorts, ProviderError
from schemas.base import Command
from schemas.billing.commands import MarkCallUnknown, ReleaseCall, SettleCall
from schemas.billing.events import CallAuthorized
from schemas.envelope import Recorded
from schemas.execution.chat import ChatResult, Usage
from schemas.execution.commands import CompleteCall, FailStep
from schemas.execution.types import StepError

LOST = StepError(
    code="execution.outcome_unknown",
    message="The worker ended during the call; whether the provider answered is unknown.",
    retryable=True,
    lost=True,
)

EXPIRED = StepError(
    code="execution.authorization_expired",
    message="The call was not begun before its hold ran out, so it was not made.",
    retryable=True,
)

ABORTED = StepError(
    code="execution.aborted",
    message="Nobody waited for the provider's answer any more; the call was broken off.",
)


async def make_call(event: CallAuthorized, recorded: Recorded, ports: ExecutionPorts) -> list[Command]:
    if ports.wall_clock() >= event.expires_at:
        return failed(event, EXPIRED, None)
    began = ports.clock()
    try:
        async with ports.aborts.watch(event.call):
            result = await asked(event, ports)
    except ProviderError as error:
        return failed(event, step_error(error), error.observed_usage)
    except Aborted:
        return failed(event, ABORTED, None)
    return completed(event, result, round((ports.clock() - began) * 1000))


async def asked(event: CallAuthorized, ports: ExecutionPorts) -> ChatResult:
    call = event.call
    request = await ports.requests.load(event.request_ref)
    deltas = ports.deltas.open(event.tenant_id, call.execution_id, call.node, call.attempt)
    try:
        return await ports.chat.complete(request, deltas.write)
    finally:
        await deltas.flush()


def outcome_unknown(event: CallAuthorized, recorded: Recorded) -> list[Command]:
    return failed(event, LOST, None)


def completed(event: CallAuthorized, result: ChatResult, latency_ms: int) -> list[Command]:
    call = event.call
    settle = SettleCall(tenant_id=event.tenant_id, call=call, usage=result.usage)
    complete = CompleteCall(
        execution_id=call.execution_id,
        node=call.node,
        attempt=call.attempt,
        output=result.text,
        tool_calls=result.tool_calls,
        usage=result.usage,
        pricing=event.pricing,
        finish_reason=result.finish_reason,
        provider_request_id=result.provider_request_id,
        latency_ms=latency_ms,
    )
    return [settle, complete]


def failed(event: CallAuthorized, error: StepError, usage: Usage | None) -> list[Command]:
    call = event.call
    fail = FailStep(
        execution_id=call.execution_id,
        node=call.node,
        attempt=call.attempt,
        error=error,
        usage=usage,
        pricing=event.pricing if usage else None,
    )
    return [closing(event, error, usage), fail]


def closing(
    event: CallAuthorized, error: StepError, usage: Usage | None
) -> SettleCall | ReleaseCall | MarkCallUnknown:
    """What was seen to be used is charged, however the call ended."""
    if usage is not None and usage.total > 0:
        return SettleCall(tenant_id=event.tenant_id, call=event.call, usage=usage)
    if error.lost:
        return MarkCallUnknown(tenant_id=event.tenant_id, call=event.call, reason=error.code)
    return ReleaseCall(tenant_id=event.tenant_id, call=event.call, reason=error.code, usage=usage)


def step_error(error: ProviderError) -> StepError:
    """A provider that sent nothing in time may have done, and charged for, the work all the same."""
    if error.error_class == "aborted":
        return ABORTED
    return StepError(
        code=f"provider.{error.error_class}",
        message=str(error),
        retryable=error.retryable,
        retry_after=error.retry_after,
        lost=error.error_class == "timeout" and error.observed_usage is None,
        error_class=error.error_class,
    )
