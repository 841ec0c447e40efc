"""How the use of a tool fails, as ToolError."""

import httpx2

from infra.outbound import OutboundRefused, Reason
from infra.providers.failures import retry_after
from schemas.authoring.parts import StepErrorClass
from schemas.execution.tool_error import ToolError

CODES: dict[Reason, str] = {
    "address": "tool.address_refused",
    "redirect": "tool.redirected",
    "too_large": "tool.response_too_large",
    "encoding": "tool.response_unreadable",
}
RETRYABLE: frozenset[StepErrorClass] = frozenset({"rate_limited", "overloaded"})


def of_refusal(refusal: OutboundRefused) -> ToolError:
    """What was answered but not taken is a bad output; the rest was never sent."""
    error_class: StepErrorClass = "bad_request" if refusal.reason == "address" else "invalid_output"
    return ToolError(CODES[refusal.reason], sentence(str(refusal)), error_class=error_class)


def of_status(status: int, headers: httpx2.Headers, excerpt: str) -> ToolError:
    """The server's own words are told, but not where it refuses a credential."""
    error_class = class_of(status)
    told = "" if error_class == "unauthorized" or not excerpt else f": {excerpt}"
    return ToolError(
        f"tool.{error_class}",
        f"The server answered {status}{told}",
        retryable=error_class in RETRYABLE,
        retry_after=retry_after(headers),
        error_class=error_class,
    )


def class_of(status: int) -> StepErrorClass:
    if status in (401, 403):
        return "unauthorized"
    if status == 429:
        return "rate_limited"
    return "overloaded" if status >= 500 else "bad_request"


def of_transport(error: httpx2.HTTPError | httpx2.InvalidURL) -> ToolError:
    """The kind of error is told, not its text: that may hold what was sent."""
    kind = type(error).__name__
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        message = f"There is no connection to the server ({kind})."
        return ToolError("tool.connection", message, retryable=True, error_class="connection")
    if isinstance(error, httpx2.LocalProtocolError | httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return ToolError("tool.bad_request", f"The request cannot be sent ({kind}).")
    message = f"The connection broke off before the answer came ({kind})."
    return ToolError("tool.connection", message, retryable=True, lost=True, error_class="connection")


def timed_out(seconds: float) -> ToolError:
    message = f"There was no answer within {seconds:g} s."
    return ToolError("tool.timeout", message, retryable=True, lost=True, error_class="timeout")


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
