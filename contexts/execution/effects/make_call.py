"""Makes an authorised provider call, once, streaming its text to whoever watches."""

from contexts.execution.ports import ExecutionPorts, ProviderError
from schemas.base import Command
from schemas.billing.events import CallAuthorized
from schemas.envelope import Recorded
from schemas.execution.chat import ChatResult
from schemas.execution.commands import CompleteCall, FailStep
from schemas.execution.types import CallRef, StepError

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


async def make_call(event: CallAuthorized, recorded: Recorded, ports: ExecutionPorts) -> list[Command]:
    call = event.call
    if ports.wall_clock() >= event.expires_at:
        return [FailStep(execution_id=call.execution_id, node=call.node, attempt=call.attempt, error=EXPIRED)]
    request = await ports.requests.load(event.request_ref)
    deltas = ports.deltas.open(event.tenant_id, call.execution_id, call.node, call.attempt)
    began = ports.clock()
    try:
        result = await ports.chat.complete(request, deltas.write)
    except ProviderError as error:
        return [failed(call, error)]
    finally:
        await deltas.flush()
    return [completed(call, result, round((ports.clock() - began) * 1000))]


def outcome_unknown(event: CallAuthorized, recorded: Recorded) -> list[Command]:
    call = event.call
    return [FailStep(execution_id=call.execution_id, node=call.node, attempt=call.attempt, error=LOST)]


def completed(call: CallRef, result: ChatResult, latency_ms: int) -> CompleteCall:
    return CompleteCall(
        execution_id=call.execution_id,
        node=call.node,
        attempt=call.attempt,
        output=result.text,
        usage=result.usage,
        finish_reason=result.finish_reason,
        provider_request_id=result.provider_request_id,
        latency_ms=latency_ms,
    )


def failed(call: CallRef, error: ProviderError) -> FailStep:
    """A provider that did not answer in time may have done, and charged for, the work."""
    return FailStep(
        execution_id=call.execution_id,
        node=call.node,
        attempt=call.attempt,
        error=StepError(
            code=f"provider.{error.error_class}",
            message=str(error),
            retryable=error.retryable,
            retry_after=error.retry_after,
            lost=error.error_class == "timeout",
        ),
        usage=error.observed_usage,
    )
