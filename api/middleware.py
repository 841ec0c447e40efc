"""What every request gets: an id, a span, a log line, a place in the metrics."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import structlog
from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from api import metrics
from api.gateway.security_headers import secure

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
"""What we take from a caller; anything else could forge log lines."""

log = structlog.get_logger()
tracer = trace.get_tracer("hirebuddha.api")


class RequestContext:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = request_id_from(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        known = {"request_id": request_id, "ip": scope["state"].get("ip"), "actor": None, "tenant_id": None}
        with bound_contextvars(**known), observed(scope, headers):
            await self.app(scope, receive, stamped(scope, send))


def request_id_from(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else str(uuid4())


def stamped(scope: Scope, send: Send) -> Send:
    """Puts our headers on the response, and its status where `observed` finds it."""

    async def stamp(message: Message) -> None:
        if message["type"] == "http.response.start":
            scope["state"]["status"] = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = scope["state"]["request_id"]
            secure(headers, scope)
        await send(message)

    return stamp


@contextmanager
def observed(scope: Scope, headers: Headers) -> Iterator[None]:
    begun = time.perf_counter()
    parent = propagate.extract(dict(headers))
    with tracer.start_as_current_span(scope["method"], parent, SpanKind.SERVER) as span:
        try:
            yield
        finally:
            route, status = route_of(scope), scope["state"].get("status", 0)
            seconds = time.perf_counter() - begun
            span.update_name(f"{scope['method']} {route}")
            span.set_attribute("http.response.status_code", status)
            metrics.observe(scope["method"], route, status, seconds)
            log.info(
                "request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1)
            )


def route_of(scope: Scope) -> str:
    """The pattern, not the path: paths are without end and would fill the metrics."""
    return str(getattr(scope.get("route"), "path", "unmatched"))


def traceparent() -> str | None:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")
