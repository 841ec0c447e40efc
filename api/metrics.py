"""What Prometheus reads of the edge."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.responses import Response

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("hb_http_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("hb_http_request_seconds", "Time from request to end of answer.", ["method", "route"])
RATE_LIMITS_ALONE = Counter(
    "hb_rate_limits_alone", "Times the shared rate limits did not answer and this process counted alone."
)
PASSWORDS_UNCHECKED = Counter(
    "hb_passwords_unchecked", "Passwords taken while the check for breached ones did not answer."
)
ACCESS_LOG_ENTRIES = Counter("hb_access_log_entries", "Lines written to the access log.")
ACCESS_LOG_FAILURES = Counter("hb_access_log_failures", "Times the access log could not be written.")


def observe(method: str, route: str, status: int, seconds: float) -> None:
    method = method if method in METHODS else "other"
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)


def page() -> Response:
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
