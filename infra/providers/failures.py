"""What went wrong at a provider, as ProviderError."""

import re
import time
from email.utils import parsedate_to_datetime
from math import isfinite

import httpx2
from pydantic import ValidationError

from infra.providers.wire import WireAnswer, WireError
from schemas.execution.chat import Usage
from schemas.execution.provider_error import ErrorClass, ProviderError

MAX_DETAIL_CHARS = 300
KEY_LIKE = re.compile(r"\b(sk|pk|key)-[\w*.\-]+", re.IGNORECASE)
CONTENT_FILTER_CODES = {"content_filter", "content_policy_violation"}
RETRYABLE: set[ErrorClass] = {"rate_limited", "overloaded", "timeout", "connection", "stream_cut"}
# A quota that is used up does not come back by waiting.
SPENT_CODES = {"insufficient_quota", "billing_hard_limit_reached"}


def from_status(response: httpx2.Response, body: bytes, secret: str | None) -> ProviderError:
    error = _wire_error(body)
    error_class = _class_of(response.status_code, error)
    # Providers repeat the key, or parts of it, when they refuse it.
    told = "" if error_class == "unauthorized" else detail(error, secret)
    return ProviderError(
        error_class,
        f"the provider answered {response.status_code}{told}",
        retryable=error_class in RETRYABLE and str(error.code) not in SPENT_CODES,
        retry_after=retry_after(response.headers),
    )


def from_transport(error: httpx2.HTTPError, answering: bool, usage: Usage | None) -> ProviderError:
    """The kind of error is told, not its text: that may hold an address with credentials."""
    kind = type(error).__name__
    if answering:
        return ProviderError(
            "stream_cut", f"the answer broke off: {kind}", retryable=True, observed_usage=usage
        )
    if isinstance(error, httpx2.TimeoutException):
        return ProviderError("timeout", f"the provider did not answer: {kind}", retryable=True)
    return ProviderError("connection", f"no connection to the provider: {kind}", retryable=True)


def timed_out(seconds: float, usage: Usage | None) -> ProviderError:
    message = f"no complete answer within {seconds:g} s"
    return ProviderError("timeout", message, retryable=True, observed_usage=usage)


def stream_cut(usage: Usage | None, told: str = "") -> ProviderError:
    message = f"the stream ended before the answer did{told}"
    return ProviderError("stream_cut", message, retryable=True, observed_usage=usage)


def aborted(usage: Usage | None) -> ProviderError:
    message = "the call was broken off: nobody waits for its answer"
    return ProviderError("aborted", message, retryable=False, observed_usage=usage)


def unreadable(usage: Usage | None) -> ProviderError:
    message = "the provider's answer cannot be read"
    return ProviderError("unknown", message, retryable=True, observed_usage=usage)


def detail(error: WireError | str, secret: str | None) -> str:
    """The provider's own words, short and without anything that looks like a key."""
    wire = WireError(message=error) if isinstance(error, str) else error
    text = f"{wire.code or ''} {wire.message or ''}".strip()
    hidden = text.replace(secret, "***") if secret else text
    return f": {KEY_LIKE.sub('***', hidden)[:MAX_DETAIL_CHARS]}" if text else ""


def _wire_error(body: bytes) -> WireError:
    try:
        error = WireAnswer.model_validate_json(body).error
    except ValidationError:
        return WireError()
    return WireError(message=error) if isinstance(error, str) else error or WireError()


def _class_of(status: int, error: WireError) -> ErrorClass:
    if str(error.code) in CONTENT_FILTER_CODES:
        return "content_filter"
    by_status: dict[int, ErrorClass] = {
        401: "unauthorized",
        403: "unauthorized",
        408: "timeout",
        429: "rate_limited",
    }
    if status >= 500:
        return "overloaded"
    return by_status.get(status, "bad_request" if status >= 400 else "unknown")


def retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds from `retry-after-ms`, or from `retry-after` in either of its two forms."""
    milliseconds = _seconds(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    given = headers.get("retry-after", "")
    seconds = _seconds(given)
    return _seconds_until(given) if seconds is None else seconds


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return max(0.0, seconds) if isfinite(seconds) else None


def _seconds_until(date: str) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except ValueError:
        return None
