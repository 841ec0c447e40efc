"""One trace from the HTTP request to the step: its parent travels in NATS headers and on every event."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from opentelemetry.trace import Span

from bus.work import Request
from infra.telemetry import extract, inject, tracer, tracing
from schemas.envelope import Recorded


@contextmanager
def deciding(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """A span per command around its batch; the events are the span's children. Free without a collector."""
    if not tracing():
        yield list(requests)
        return
    with ExitStack() as spans:
        yield [traced(request, spans) for request in requests]


def traced(request: Request, spans: ExitStack) -> Request:
    envelope = request.envelope
    span = tracer().start_span(
        f"decide {envelope.type}",
        context=extract(envelope.traceparent),
        attributes={"tenant_id": str(envelope.tenant_id), "command_id": str(envelope.message_id)},
    )
    spans.callback(span.end)
    return replace(request, envelope=envelope.model_copy(update={"traceparent": traceparent_of(span)}))


@contextmanager
def reacting(consumer: str, recorded: Recorded) -> Iterator[str | None]:
    """A span around what a consumer makes of an event; gives the parent for the commands that follow."""
    if not tracing():
        yield recorded.traceparent
        return
    with tracer().start_as_current_span(
        f"{consumer} {recorded.event.type_name}",
        context=extract(recorded.traceparent),
        attributes={"tenant_id": str(recorded.tenant_id), "event": recorded.ref},
    ):
        yield inject()


def traceparent_of(span: Span) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
