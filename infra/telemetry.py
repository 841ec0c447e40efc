"""Logs and traces: `setup` once per process, then `structlog.get_logger()` and `tracer()`."""

import asyncio
import logging
import re
import sys
from functools import cache

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.typing import EventDict, Processor, WrappedLogger

from infra.settings import LogFormat, Settings

INSTRUMENTATION = "hirebuddha"
TRACES_PATH = "/v1/traces"
HEADER = "traceparent"
FLUSH_MILLISECONDS = 2_000

# Libraries that configure handlers of their own, and those that log every call.
OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access")
CHATTY = ("httpx", "httpx2", "httpcore2", "openai")

SECRET_KEYS = frozenset(
    {"password", "secret", "token", "access_token", "refresh_token", "api_key", "authorization", "cookie"}
)
CREDENTIALS_IN_URL = re.compile(r"(?<=://)[^/@\s]+(?=@)")
HIDDEN = "***"


def setup(settings: Settings, service_name: str) -> None:
    setup_logs(settings)
    structlog.contextvars.bind_contextvars(service=service_name)
    if settings.otlp_endpoint and not tracing():
        setup_traces(settings.otlp_endpoint, service_name)


def setup_logs(settings: Settings) -> None:
    chain = shared_processors()
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(chain, settings.log_format))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    take_over_libraries()


def shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_trace_id,
        structlog.processors.format_exc_info,
        hide_secrets,
    ]


def formatter(chain: list[Processor], log_format: LogFormat) -> logging.Formatter:
    last: Processor = structlog.processors.JSONRenderer()
    if log_format == "console":
        last = structlog.dev.ConsoleRenderer()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *chain],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )


def take_over_libraries() -> None:
    for name in OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def add_trace_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
    return event


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: hidden(key, value) for key, value in event.items()}


def hidden(key: str, value: object) -> object:
    if key in SECRET_KEYS:
        return HIDDEN
    if isinstance(value, str) and "://" in value:
        return CREDENTIALS_IN_URL.sub(HIDDEN, value)
    return value


def setup_traces(endpoint: str, service_name: str) -> None:
    """Imported here, because a process without a collector has no use for the SDK."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service_name}))
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/").removesuffix(TRACES_PATH) + TRACES_PATH)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


async def flush() -> None:
    """Sends what is collected. Call it at the end: a process that ends by a signal runs no exit handlers."""
    send = getattr(trace.get_tracer_provider(), "force_flush", None)
    if send is not None:
        await asyncio.to_thread(send, FLUSH_MILLISECONDS)


def tracing() -> bool:
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


@cache
def tracer() -> trace.Tracer:
    return trace.get_tracer(INSTRUMENTATION)


def inject() -> str | None:
    """The current span as a `traceparent`; None outside any."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def extract(traceparent: str | None) -> Context:
    """The parent for `tracer().start_as_current_span(..., context=...)`; empty when nothing is traced."""
    if traceparent is None or not tracing():
        return Context()
    return TraceContextTextMapPropagator().extract({HEADER: traceparent}, Context())
